"""Exactly what was asked for is charged, although a worker is killed for every tenth trial."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Container, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from tests.trial.builders import WorkerProcess, work
from tests.trial.conftest import StudyMaker, WorkerStarter
from tests.trial.reaper import Reaper

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

REPETITIONS = int(os.environ.get("REPETITIONS", "10"))  # `make explore` takes twice as many
WORKERS, MOST, KILLS = 8, 100, 10
MAX_RETRIES = 100  # no trial is charged for what others did to it
SECONDS = 120.0
PAUSE_SECONDS = 0.002  # trials are as short
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


@dataclass
class Crew:
    """Eight slots; whoever is killed is replaced at once, by a pod of another uid, as a Job does it."""

    start: Callable[[int, str], WorkerProcess]
    by_uid: dict[str, WorkerProcess] = field(default_factory=dict)
    killed: set[str] = field(default_factory=set)
    _uids: Iterator[str] = field(default_factory=lambda: (f"uid-{number}" for number in range(1000)))

    def hire(self, index: int) -> None:
        uid = next(self._uids)
        self.by_uid[uid] = self.start(index, uid)

    def kill(self, chance: random.Random, busy: Container[str]) -> None:
        """One that is busy, when there is one."""
        alive = self.alive()
        uid = chance.choice([uid for uid in alive if uid in busy] or alive)
        self.killed.add(uid)
        self.by_uid[uid].process.kill()
        self.by_uid[uid].process.wait()
        self.hire(self.by_uid[uid].index)

    def alive(self) -> list[str]:
        return [uid for uid, worker in self.by_uid.items() if worker.process.poll() is None]

    def codes(self) -> set[int]:
        """Of those who were let to end by themselves."""
        return {worker.wait() for uid, worker in self.by_uid.items() if uid not in self.killed}


@pytest.mark.parametrize("seed", range(REPETITIONS))
def test_exactly_a_hundred_are_charged(seed: int, make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    chance = random.Random(seed)
    study = make_study().control(max_trials=MOST)
    block = work("slow:few_milliseconds", isolation=chance.choice(["Process", "None"]))
    crew = Crew(lambda index, uid: start_worker(study, block, index, **{protocol.POD_UID_ENV: uid}))
    for index in range(WORKERS):
        crew.hire(index)
    when = sorted(chance.sample(range(1, MOST - KILLS), KILLS))
    with closing(Reaper(study, MAX_RETRIES)) as reaper:
        deadline = time.monotonic() + SECONDS
        while True:
            assert time.monotonic() < deadline, f"{study.counts()} after {SECONDS:.0f} s"
            while when and reaper.charged() >= when[0]:
                when.pop(0)
                crew.kill(chance, reaper.busy())
            reaped = reaper.reap(crew.alive(), crew.killed)
            if not crew.alive() and not reaped:
                if reaper.charged() >= MOST:
                    break
                crew.hire(0)  # the budget was spent until a trial of it was lost: another Job is made for it
            time.sleep(PAUSE_SECONDS)

    assert len(crew.killed) == KILLS
    assert crew.codes() == {protocol.EXIT_DONE}
    charged = study.charged()
    assert len(charged) == MOST
    assert {trial.state for trial in charged} <= set(FINISHED)
    assert [trial.number for trial in study.trials] == list(range(len(study.trials)))
    again = Counter(
        trial.user_attrs[protocol.RETRIED_FROM] for trial in study.trials if protocol.RETRIED_FROM in trial.user_attrs
    )
    uncharged = [trial.number for trial in study.trials if trial not in charged]
    assert again == Counter(uncharged), "each that was lost is tried again once"
