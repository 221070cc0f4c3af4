"""Sweep after sweep on a cluster where things die all the time; when it is over, every trial is accounted for.

`FAULTS=` says how many faults (40 take some seven minutes), `SEED=` repeats a run.
"""

from __future__ import annotations

import os
import random
import time
from datetime import timedelta
from typing import Any

import pytest

from hpotrial import protocol
from tests.chaos.audit import Account
from tests.chaos.conftest import DATABASE
from tests.chaos.logs import Logs
from tests.chaos.player import Player
from tests.chaos.schedule import KUBELET_STOP, schedule
from tests.chaos.table import story, table
from tests.chaos.tolerance import glimpse, insist
from tests.chaos.watch import Watch
from tests.chaos.world import World
from tests.cluster import health
from tests.e2e.figures import Figures
from tests.e2e.patience import until
from tests.e2e.place import CODE
from tests.e2e.trials import Database, Trial
from tests.postgres_server import PASSWORD

FAULTS = int(os.environ.get("FAULTS") or 40)
# Trials of one sweep: several begin and end while the faults go on, and some outlast the loss of a node.
BUDGETS = (50, 100, 250)
SWEEP_SECONDS = 780.0  # with the long absence of the database in it, and the longest that a fault waits for a worker
END_SECONDS = 60.0  # from the last trial, or the last fault, to the verdict
PAUSE_SECONDS = 1.0
HEAL_SECONDS = 120.0
# A lost worker costs a trial nothing here, however often it happens: whatever is charged is the trial's own fault.
RETRIES = {"maxRetries": 100}
NODE_LOST = {"nodeLostSeconds": 10}  # some kubelets come back earlier, some later
LIMIT = timedelta(seconds=10)
HEARD_AGAIN = timedelta(seconds=15)  # until everybody has heard that a kubelet is back
SAMPLERS = (
    {"name": "RandomSampler"},
    {"name": "TPESampler", "options": {"n_startup_trials": 5, "constant_liar": True}},
)
PRUNER = {"name": "MedianPruner", "options": {"n_startup_trials": 5, "n_warmup_steps": 2}}
SPACE = [
    {"name": "x", "float": {"low": -10.0, "high": 10.0}},
    {"name": "seconds", "float": {"low": 0.5, "high": 3.0}},
]
VALUES = """
select t.number, v.value from trials t join trial_values v using (trial_id) join studies s using (study_id)
 where s.study_name = %(study)s and t.state = 'COMPLETE'
"""

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900 + 20 * FAULTS)]


def test_no_trial_is_lost_doubled_or_charged_for_what_others_did(world: World, seed: int, figures: Figures) -> None:
    print(f"SEED={seed} FAULTS={FAULTS}", flush=True)
    player = Player(world, schedule(seed, FAULTS))
    watch = Watch(world, Database(lambda: world.postgres.url(DATABASE)))
    logs = Logs(world.layout, world.place.name)
    logs.start()
    watch.start()
    try:
        _run_sweeps(world, player, random.Random(seed))
        player.join()
        ends = {name: _wait_for_the_end(world, name) for name in world.sweeps}
        unrest = _wait_until_all_is_quiet(world)
    finally:
        watch.stop()
        logs.stop()
    accounts = {name: _account(world, watch, player, name) for name in world.sweeps}
    figures.tell(table(seed, player.counts(), list(accounts.values()), watch.longest(), world.longest_wait_seconds))
    stories = [
        story(name, account, account.offences, logs.texts, player.done)
        for name, account in accounts.items()
        if account.offences
    ]
    assert not stories, f"SEED={seed}\n" + "\n".join(stories)
    assert set(ends.values()) == {"Complete"}, f"SEED={seed}: {ends}"
    assert not unrest, f"SEED={seed}: {unrest}"
    unplayed = [done for done in player.done if done.error]
    assert not unplayed, f"SEED={seed}: {len(unplayed)} faults could not be played\n{unplayed[0]}\n{unplayed[0].error}"
    for name, account in accounts.items():
        said = world.place.status(name)["trials"]
        assert (said["finished"], said["running"]) == (account.most, 0), f"{name} says {said}"
    assert PASSWORD not in "".join([*logs.texts.values(), *world.evidence.texts.values()])


def _run_sweeps(world: World, player: Player, chance: random.Random) -> None:
    """One after the other, as long as there are faults: the next begins when the last has no trials left to start."""
    while not (player.is_over and world.sweeps):
        name, most = f"round-{len(world.sweeps)}", chance.choice(BUDGETS)
        sweep = _sweep(world, name, most, chance)
        insist(lambda sweep=sweep: world.place.apply(sweep))
        world.sweeps[name] = most
        if len(world.sweeps) == 1:
            player.start()
        if not _wait_until_spent(world, name):
            return


def _sweep(world: World, name: str, most: int, chance: random.Random) -> dict[str, Any]:
    fixed = {"witness": world.witness.address, "study": world.place.study(name)}
    sweep = world.place.sweep(name, most=most, replicas=chance.randint(4, 6), searchSpace=SPACE)
    spec = sweep["spec"]
    spec["study"] |= {"sampler": chance.choice(SAMPLERS), "pruner": PRUNER}
    spec["objective"] = {"python": "witnessed:objective", "fixed": fixed, "sourceRef": {"configMap": {"name": CODE}}}
    spec["workers"] |= NODE_LOST
    spec["trials"] |= RETRIES
    return sweep


def _wait_until_spent(world: World, name: str) -> bool:
    """False when that takes too long, or will never be."""
    started = time.monotonic()
    while time.monotonic() < started + SWEEP_SECONDS:
        counts = glimpse(lambda: world.place.database.counts(world.place.study(name)))
        if counts is not None and counts["charged"] - counts["RUNNING"] >= world.sweeps[name]:
            print(f"{name}: {world.sweeps[name]} trials after {time.monotonic() - started:.0f} s", flush=True)
            return True
        if _end(world, name) == "Failed":
            return False
        time.sleep(PAUSE_SECONDS)
    return False


def _wait_for_the_end(world: World, name: str) -> str:
    try:
        return until(lambda: _end(world, name), seconds=END_SECONDS, what="the sweep ends", pause_seconds=PAUSE_SECONDS)
    except AssertionError:
        return "without an end"


def _end(world: World, name: str) -> str:
    conditions = glimpse(lambda: world.place.conditions(name)) or {}
    ends = (end for end in ("Complete", "Failed") if conditions.get(end, {}).get("status") == "True")
    return next(ends, "")


def _wait_until_all_is_quiet(world: World) -> str:
    """The cluster is whole, and no worker is left that could still write; else what is not so."""

    def all_stopped() -> bool | None:
        return glimpse(lambda: not any(world.place.live_pods(name) for name in world.sweeps))

    try:
        until(lambda: not health.problems(world.layout), seconds=HEAL_SECONDS, what="the cluster is healed")
        insist(world.installation.wait_until_ready)
        until(all_stopped, seconds=HEAL_SECONDS, what="all workers are gone")
    except AssertionError as error:
        return str(error)
    return ""


def _account(world: World, watch: Watch, player: Player, name: str) -> Account:
    study = world.place.study(name)
    database = world.place.database
    trials = database.trials(study)
    return Account(
        most=world.sweeps[name],
        trials=trials,
        values=dict(database.rows(VALUES, {"study": study})),
        sightings=world.witness.sightings(study),
        killed=frozenset(number for of, number in world.killed if of == study),
        silent=frozenset(trial.number for trial in trials if _is_on_silent_node(trial, player)),
        stuck=watch.stuck(study),
    )


def _is_on_silent_node(trial: Trial, player: Player) -> bool:
    """When it was ended, its node had been silent for as long as the sweep allows, or had just come back from that."""
    stops = [done for done in player.done if done.fault.kind == KUBELET_STOP]
    return trial.completed is not None and any(
        done.began + LIMIT <= trial.completed <= done.ended + HEARD_AGAIN
        for done in stops
        if done.victim == trial.attributes.get(protocol.NODE_NAME)
    )
