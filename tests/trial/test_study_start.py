"""The trials that a study starts with, on a real database with real workers: once, first, and within the budget."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hposweep.model.enqueueing import EnqueueStart
from hpotrial import protocol
from tests.trial.builders import until
from tests.trial.conftest import StudyMaker, WorkerStarter
from tests.trial.reaper import Reaper
from tests.trial.study_start import (
    CNN,
    CONTEXT,
    OTHER,
    PARTIAL,
    POINTS,
    enqueue,
    first_starts,
    given,
    plan,
    started,
    sweep_of,
    two_families,
    warm,
)

pytestmark = pytest.mark.postgres


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
    seed: int, make_study: StudyMaker, start_worker: WorkerStarter
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
            with closing(Studies(Dsn(study.uri))) as studies:  # each operator's connection ends with it
                enqueued += enqueue(sweep_of(*present, max_trials=KILLED_BUDGET), study, studies)
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
