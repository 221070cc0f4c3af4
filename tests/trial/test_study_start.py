"""The trials that a study starts with, on a real database with real workers: once, first, and within the budget."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState

from hposweep.api.sweep import Sweep
from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hposweep.judge.judge import judge
from hposweep.model.observation import Observation
from hposweep.model.plan import EnqueueStart
from hposweep.model.study_start import WarmStart, WarmStartRecord
from hposweep.model.trials import Study
from hposweep.plan.study_start import study_start
from hpotrial import protocol
from tests import builders
from tests.trial.builders import SWEEP_UID, SweepStudy, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter
from tests.trial.reaper import Reaper
from tests.unit import world

pytestmark = pytest.mark.postgres

SPACE = [
    builders.float_parameter("x", -5.0, 5.0),
    builders.categorical_parameter("family", "cnn", "context"),
    builders.int_parameter("depth", 1, 5, when=builders.when("family", "cnn")),
    builders.int_parameter("heads", 1, 5, when=builders.when("family", "context")),
]
CNN = {"x": 2.0, "family": "cnn", "depth": 1}
CONTEXT = {"x": -1.5, "family": "context", "heads": 3}
PARTIAL = {"family": "cnn", "x": 0.25}
POINTS = [CNN, CONTEXT, PARTIAL]
OTHER = {"x": 4.0, "family": "cnn", "depth": 5}


@pytest.fixture
def make_studies() -> Iterator[Any]:
    """The operator's view of a database; closed when the test ends."""
    opened: list[Studies] = []

    def make(study: SweepStudy) -> Studies:
        opened.append(Studies(Dsn(study.uri)))
        return opened[-1]

    yield make
    for studies in opened:
        studies.close()


def sweep_of(*points: Any, warm_start: bool = False, max_trials: int = 10, **study: Any) -> Sweep:
    block = builders.study(direction="Minimize", objective="loss", enqueue=list(points), **study)
    if warm_start:
        block["warmStart"] = [{"study": "earlier"}]
    spec = world.sweep(study=block, searchSpace=SPACE, trials={"max": max_trials})
    return replace(spec, uid=SWEEP_UID)


def observed(study: SweepStudy, studies: Studies, **fields: Any) -> Observation:
    """What a pass of the operator reads."""
    read = studies.read(study.name, [False])
    assert read is not None
    return world.seen(read, history=studies.history(read.id, read.counts), **fields)


def plan(sweep: Sweep, study: SweepStudy, studies: Studies, **fields: Any) -> EnqueueStart | None:
    """What a pass of the operator would enqueue now."""
    observation = observed(study, studies, **fields)
    return study_start(sweep, observation, judge(sweep, observation))


def enqueue(sweep: Sweep, study: SweepStudy, studies: Studies, **fields: Any) -> int:
    action = plan(sweep, study, studies, **fields)
    return studies.enqueue(action) if action is not None else 0


def two_families(reference: str = "two_families:loss", **blocks: Any) -> dict[str, Any]:
    return work(reference, search_space=SPACE, **blocks)


def started(study: SweepStudy) -> list[FrozenTrial]:
    return [trial for trial in study.trials if protocol.START in trial.user_attrs]


def first_starts(study: SweepStudy) -> list[FrozenTrial]:
    """First attempts only."""
    return [trial for trial in started(study) if protocol.RETRIED_FROM not in trial.user_attrs]


def given(trial: FrozenTrial) -> dict[str, Any]:
    """The parameters that a trial had to use."""
    return trial.system_attrs["fixed_params"]  # type: ignore[no-any-return]


def warm(*entries: tuple[int, dict[str, Any]]) -> tuple[WarmStart, ...]:
    numbers, params = zip(*entries, strict=True)
    return (WarmStart(WarmStartRecord("earlier", numbers, 1, "trial 9: `x` is 7"), params),)


def test_the_rows_are_those_of_optuna(make_study: StudyMaker, make_studies: Any) -> None:
    ours, theirs = make_study(), make_study()
    assert enqueue(sweep_of(*POINTS), ours, make_studies(ours)) == 3
    for params, trial in zip(POINTS, ours.trials, strict=True):
        attributes = {protocol.START: trial.user_attrs[protocol.START], protocol.USER_ATTRIBUTES: [protocol.START]}
        theirs.study.enqueue_trial(params, user_attrs=attributes)
    for one, other in zip(ours.trials, theirs.trials, strict=True):
        assert (one.number, one.state) == (other.number, other.state)
        assert one.state == TrialState.WAITING
        assert (one.user_attrs, one.system_attrs) == (other.user_attrs, other.system_attrs)
        assert (one.datetime_start, one.datetime_complete) == (None, None)


@pytest.mark.parametrize("isolation", ["Process", "None"])
def test_the_first_trials_are_the_points_as_with_plain_optuna(
    isolation: str, make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    ours, theirs = make_study().control(max_trials=6), make_study()
    enqueue(sweep_of(*POINTS, max_trials=6), ours, make_studies(ours))
    block = two_families(sampler={"name": "RandomSampler", "seed": 1}, isolation=isolation)
    assert start_worker(ours, block).wait() == protocol.EXIT_DONE

    def objective(trial: optuna.Trial) -> float:
        family = trial.suggest_categorical("family", ["cnn", "context"])
        trial.suggest_int("depth" if family == "cnn" else "heads", 1, 5)
        return trial.suggest_float("x", -5.0, 5.0)

    for params in POINTS:
        theirs.study.enqueue_trial(params)
    theirs.study.optimize(objective, n_trials=6)
    assert ours.counts() == theirs.counts() == {"COMPLETE": 6}
    for point, one, other in zip(POINTS, ours.trials, theirs.trials, strict=False):
        assert {name: one.params[name] for name in point} == point
        assert {name: other.params[name] for name in point} == point
        assert set(one.params) == set(other.params)
        assert all(type(one.params[name]) is type(other.params[name]) for name in one.params)
    assert [protocol.START in trial.user_attrs for trial in ours.trials] == [True] * 3 + [False] * 3


def test_eight_operators_at_once_enqueue_them_once(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    sweep, start = sweep_of(*POINTS, warm_start=True, max_trials=20), threading.Barrier(8)
    selections = [warm((1, OTHER), (number, {**OTHER, "x": 0.5 + number})) for number in range(2, 10)]
    operators = [make_studies(study) for _ in selections]
    actions = [
        plan(sweep, study, studies, warm_starts=selection)
        for studies, selection in zip(operators, selections, strict=True)
    ]

    def run(studies: Studies, action: EnqueueStart) -> int:
        start.wait()
        return studies.enqueue(action)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(run, operators, actions)) == [0] * 7 + [5]
    read = operators[0].read(study.name, [False])
    assert read is not None
    assert read.warm_start is not None
    (record,) = read.warm_start
    assert [trial.number for trial in study.trials] == list(range(5))
    marks = [trial.user_attrs[protocol.START] for trial in study.trials[3:]]
    assert tuple(mark["trial"] for mark in marks) == record.trials
    assert {mark["study"] for mark in marks} == {"earlier"}
    assert (record.skipped, record.reason) == (1, "trial 9: `x` is 7")


def test_another_selection_of_the_other_study_adds_nothing(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    studies, sweep = make_studies(study), sweep_of(CNN, warm_start=True, max_trials=20)
    action = plan(sweep, study, studies, warm_starts=warm((1, OTHER)))
    later = plan(sweep_of(CNN, CONTEXT, warm_start=True, max_trials=20), study, studies, warm_starts=warm((2, PARTIAL)))
    assert action is not None
    assert later is not None
    assert studies.enqueue(action) == 2
    assert studies.enqueue(later) == 1, "the point that was appended"
    assert [given(trial) for trial in study.trials] == [CNN, OTHER, CONTEXT]
    assert plan(sweep, study, studies) is None


def test_a_point_that_is_appended_is_tried_next(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=4)
    studies = make_studies(study)
    assert enqueue(sweep_of(CNN, max_trials=4), study, studies) == 1
    worker = start_worker(study, two_families("two_families:gated"), TEST_DIRECTORY=str(tmp_path))
    until(lambda: (tmp_path / "running-0").exists(), "the first point")
    changed = sweep_of(CONTEXT, CNN, CNN, max_trials=4)  # in another order, and with a point that runs twice
    assert enqueue(changed, study, studies) == 2
    assert enqueue(changed, study, studies) == 0
    (tmp_path / "go").touch()
    assert worker.wait() == protocol.EXIT_DONE
    assert [given(trial) for trial in started(study)] == [CNN, CONTEXT, CNN]
    assert [protocol.START in trial.user_attrs for trial in study.trials] == [True] * 3 + [False]
    assert study.counts() == {"COMPLETE": 4}


def test_a_point_that_is_removed_stays_enqueued(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    studies = make_studies(study)
    assert enqueue(sweep_of(CNN, CONTEXT), study, studies) == 2
    assert enqueue(sweep_of(CONTEXT), study, studies) == 0
    assert study.counts() == {"WAITING": 2}


def test_points_beyond_the_budget_wait_for_a_larger_one(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    study = make_study().control(max_trials=2)
    assert enqueue(sweep_of(*POINTS), study, make_studies(study)) == 3
    assert start_worker(study, two_families(), 0).wait() == protocol.EXIT_DONE
    assert study.counts() == {"COMPLETE": 2, "WAITING": 1}
    study.control(max_trials=4)
    assert start_worker(study, two_families(), 1).wait() == protocol.EXIT_DONE
    assert study.counts() == {"COMPLETE": 4}
    assert [protocol.START in trial.user_attrs for trial in study.trials] == [True] * 3 + [False]


def test_the_points_of_an_earlier_sweep_of_the_study_are_not_those_of_this_one(
    make_study: StudyMaker, make_studies: Any
) -> None:
    study = make_study()
    studies = make_studies(study)
    action = plan(sweep_of(CNN), study, studies)
    assert action is not None
    earlier = replace(action.trials[0], attributes={protocol.START: {"from": "study.enqueue", "key": "of another uid"}})
    assert studies.enqueue(replace(action, trials=(earlier,))) == 1
    assert enqueue(sweep_of(CNN), study, studies) == 1


@pytest.mark.parametrize("is_killed", [True, False])
def test_a_point_survives_the_loss_of_its_worker(
    is_killed: bool, make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=2)
    studies, sweep = make_studies(study), sweep_of(CNN, CONTEXT, max_trials=2)
    enqueue(sweep, study, studies)
    block, here = two_families("two_families:gated"), {"TEST_DIRECTORY": str(tmp_path)}
    first = start_worker(study, block, 0, **here)
    until(lambda: (tmp_path / "running-0").exists(), "the first point")
    if is_killed:
        first.kill()
        with closing(Reaper(study, max_retries=2)) as reaper:
            assert reaper.reap(alive=[], killed=["uid-0"]) == 1
    else:
        first.terminate()
        assert first.wait() == protocol.EXIT_INTERRUPTED
    assert enqueue(sweep, study, studies) == 0
    (tmp_path / "go").touch()
    assert start_worker(study, block, 1, **here).wait() == protocol.EXIT_DONE
    lost, other, again = study.trials
    assert study.counts() == {"COMPLETE": 2, "FAIL": 1}
    assert len(study.charged()) == 2
    assert again.user_attrs[protocol.RETRIED_FROM] == lost.number
    assert again.user_attrs[protocol.START] == lost.user_attrs[protocol.START]
    assert (again.params, other.params) == (CNN, CONTEXT)


KILLED_BUDGET, KILLED_WORKERS, KILLS = 30, 3, 6


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(2))
def test_the_budget_is_exact_although_workers_and_the_operator_are_killed(
    seed: int, make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    """Each pass is that of an operator which knows nothing of earlier ones; one point is appended in between."""
    chance = random.Random(seed)
    study = make_study().control(max_trials=KILLED_BUDGET)
    points = [{"x": float(number) / 10, "family": "cnn", "depth": 1 + number % 5} for number in range(8)]
    block = two_families(isolation="None")
    uids = iter(range(1000))
    alive: dict[str, Any] = {}
    killed: set[str] = set()
    enqueued, deadline = 0, time.monotonic() + 90
    marks = sorted(chance.sample(range(1, KILLED_BUDGET - KILLS), KILLS))
    with closing(Reaper(study, max_retries=100)) as reaper:
        while True:
            assert time.monotonic() < deadline, study.counts()
            present = points if reaper.charged() > KILLED_BUDGET // 3 else points[:-1]
            enqueued += enqueue(sweep_of(*present, max_trials=KILLED_BUDGET), study, make_studies(study))
            running = [uid for uid, worker in alive.items() if worker.process.poll() is None]
            while len(running) < KILLED_WORKERS and reaper.charged() < KILLED_BUDGET:
                number = next(uids)
                uid = f"uid-{number}"
                alive[uid] = start_worker(study, block, len(running), **{protocol.POD_UID_ENV: uid})
                running.append(uid)
            if marks and reaper.charged() >= marks[0]:
                marks.pop(0)
                uid = chance.choice([uid for uid in running if uid in reaper.busy()] or running)
                alive[uid].kill()
                killed.add(uid)
            running = [uid for uid, worker in alive.items() if worker.process.poll() is None]
            reaped = reaper.reap(running, killed)
            if not running and not reaped and reaper.charged() >= KILLED_BUDGET:
                break
            time.sleep(0.01)
    assert len(study.charged()) == KILLED_BUDGET
    assert enqueued == len(points)
    assert [given(trial) for trial in first_starts(study)] == points
    ended = [trial.user_attrs[protocol.START]["key"] for trial in started(study) if trial.state == TrialState.COMPLETE]
    assert len(ended) == len(set(ended)) == len(points), "each point was charged once"


def complete(study: SweepStudy, *values: float, x: float = 0.0) -> None:
    trial = study.study.ask({"x": optuna.distributions.FloatDistribution(-5, 5)})
    study.study.tell(trial, list(values))


def read(studies: Studies, name: str, *maximize: bool) -> Study:
    study = studies.read(name, list(maximize) or [False])
    assert study is not None
    return study


def test_trials_that_an_adopted_study_has_do_not_count(
    make_study: StudyMaker, start_worker: WorkerStarter, make_studies: Any
) -> None:
    """Finished, running and failed ones: all but those that are not charged, and those that wait."""
    study = make_study()
    studies = make_studies(study)
    studies.disown(study.study._study_id, SWEEP_UID)
    complete(study, 1.0)
    complete(study, 2.0)
    running, failed, uncharged = (study.study.ask() for _ in range(3))
    study.study.tell(failed, state=TrialState.FAIL)
    uncharged.set_user_attr(protocol.CHARGED, False)
    study.study.tell(uncharged, state=TrialState.FAIL)
    study.study.enqueue_trial(CNN)
    studies.create(study.name, ["MINIMIZE"], ["loss"], SWEEP_UID)
    assert read(studies, study.name).existing == 4
    studies.create(study.name, ["MINIMIZE"], ["loss"], SWEEP_UID)
    assert read(studies, study.name).existing == 4

    sweep = sweep_of(CONTEXT, adopt=True, countExisting=False, max_trials=3).with_existing(4)
    assert (sweep.spec.trials.max, sweep.contract.trials.max, sweep.existing_trials) == (7, 3, 4)
    study.control(max_trials=sweep.spec.trials.max)
    assert enqueue(sweep, study, studies) == 1
    study.study.tell(running, 3.0)
    assert start_worker(study, two_families()).wait() == protocol.EXIT_DONE
    assert len(study.charged()) == 4 + 3
    assert study.counts() == {"COMPLETE": 6, "FAIL": 2}


def test_a_new_owner_has_a_start_of_its_own(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    studies = make_studies(study)
    enqueue(sweep_of(CNN, warm_start=True, max_trials=20), study, studies, warm_starts=warm((1, OTHER)))
    assert read(studies, study.name).warm_start is not None
    studies.disown(study.study._study_id, SWEEP_UID)
    studies.create(study.name, ["MINIMIZE"], ["loss"], "another")
    assert read(studies, study.name).warm_start is None


def test_candidates_are_the_best_feasible_trials(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study()
    studies = make_studies(study)
    for value in (3.0, 1.0, float("inf"), 2.0):
        complete(study, value)
    best = study.study.ask({"x": optuna.distributions.FloatDistribution(-5, 5)})
    best.set_constraint("size", 1.0)
    study.study.tell(best, 0.0)
    study.study.tell(study.study.ask(), state=TrialState.FAIL)
    candidates = studies.candidates(study.study._study_id, [False], 2)
    assert [(entry.number, entry.params) for entry in candidates] == [
        (number, study.trials[number].params) for number in (1, 3)
    ]
    assert [entry.number for entry in studies.candidates(study.study._study_id, [True], 9)] == [0, 3, 1]


def test_candidates_of_several_objectives_are_the_pareto_front(make_study: StudyMaker, make_studies: Any) -> None:
    study = make_study("minimize", "maximize")
    studies = make_studies(study)
    for values in ((1.0, 1.0), (2.0, 2.0), (3.0, 1.5), (4.0, 4.0), (5.0, 5.0)):
        complete(study, *values)
    study_id = study.study._study_id
    assert [entry.number for entry in studies.candidates(study_id, [False, True], 9)] == [0, 1, 3, 4]
    assert [entry.number for entry in studies.candidates(study_id, [False, True], 2)] == [0, 4]
    assert sorted(trial.number for trial in study.study.best_trials) == [0, 1, 3, 4]
