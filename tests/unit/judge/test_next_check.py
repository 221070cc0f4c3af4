"""When somebody has to look again though nothing happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.judge.next_check import judgement_requeue_after_seconds
from hposweep.model.history import History
from tests.unit import world
from tests.unit.judge.deciding import point, seen, sweep, visited
from tests.unit.judge.histories import after, history, of_values, trial

BUSY = {"jobs": (world.job(),), "pods": (world.pod(),)}


def due(of: Sweep, so_far: History | None, seconds: float) -> float | None:
    at = seen(of, so_far, after(seconds), **BUSY)
    return judgement_requeue_after_seconds(of, at, judge(of, at))


def test_trials_announce_themselves() -> None:
    assert due(sweep(point(), point("half", at={"fraction": 0.5})), of_values([0.1]), 100) is None
    assert due(sweep(), of_values([0.1]), 100) is None


def test_a_trial_that_runs_is_looked_at_when_it_would_be_slow() -> None:
    of = sweep(health={"maxTrialSeconds": 600})
    at = seen(of, history(trial(0, state="RUNNING", seconds=150.0)), after(200), **BUSY)
    assert at.storage.study is not None
    aged = tuple(replace(entry, age_seconds=150.0) for entry in at.storage.study.running)
    at = replace(at, storage=replace(at.storage, study=replace(at.storage.study, running=aged)))
    assert judgement_requeue_after_seconds(of, at, judge(of, at)) == pytest.approx(450)
    assert judgement_requeue_after_seconds(of, at, replace(judge(of, at), health_requeue_after_seconds=None)) is None


def test_the_nearest_of_deadline_and_moments_is_due() -> None:
    of = sweep(
        point(at={"seconds": 500}, otherwise="Continue"),
        point("later", at={"seconds": 800}, otherwise="Continue"),
        budget={"activeDeadlineSeconds": 700},
    )
    assert due(of, of_values([0.31]), 100) == 400
    decided, _ = visited(of, seen(of, of_values([0.31]), after(500)))
    assert due(decided, of_values([0.31]), 500) == 200
    assert due(decided, of_values([0.31]), 700) is None, "it ends, and its workers announce themselves"
    assert due(replace(of, status=None), of_values([0.31]), 100) is None, "it has not started"


def test_a_question_is_due_at_its_deadline_also_while_the_database_is_away() -> None:
    of = sweep(point(ask={"deadlineSeconds": 60, "default": "Continue"}))
    so_far = of_values([0.28] * 5)
    of, _ = visited(of, seen(of, so_far, after(600), **BUSY))
    assert due(of, so_far, 610) == 50
    assert due(of, None, 650) == 10
    assert due(of, so_far, 660) is None


@pytest.mark.parametrize(
    ("gpus", "running", "wanted", "seconds"),
    [(1, 2, 300, 100), (2, 1, 260, 50), (2, 2, 200, None), (1, 0, 100, None)],
    ids=["left: 200 of two", "left: 100 of one with two", "decided", "nothing runs"],
)
def test_gpu_seconds_are_guessed_from_the_trials_that_run(
    gpus: int, running: int, wanted: int, seconds: float | None
) -> None:
    """A trial that ended took 60 s, and each that runs 20 s so far."""
    container = {"name": "trial", "image": "x", "resources": {"limits": {"nvidia.com/gpu": gpus}}}
    of = sweep(
        point(at={"gpuSeconds": wanted}, otherwise="Continue"),
        workers={"replicas": 2, "template": {"spec": {"containers": [container]}}},
    )
    so_far = history(trial(0, 0.1), *(trial(n + 1, state="RUNNING", seconds=20.0) for n in range(running)))
    at = seen(of, so_far, after(60), **BUSY)
    study = at.storage.study
    assert study is not None
    aged = tuple(replace(entry, age_seconds=20.0) for entry in study.running)
    at = replace(at, storage=replace(at.storage, study=replace(study, running=aged)))
    verdicts = replace(judge(of, at), health_requeue_after_seconds=None)
    assert judgement_requeue_after_seconds(of, at, verdicts) == (pytest.approx(seconds) if seconds else None)
    assert bool(verdicts.decisions) is (gpus * (60 + 20 * running) >= wanted)


def test_nothing_is_due_after_the_end() -> None:
    of = sweep(budget={"activeDeadlineSeconds": 700}, stop="Drain")
    at = seen(of, of_values([0.1]), after(60), jobs=(world.job(is_suspended=True),))
    verdicts = replace(judge(of, at), health_requeue_after_seconds=None)
    assert verdicts.end is not None
    assert judgement_requeue_after_seconds(of, at, verdicts) is None
    assert judgement_requeue_after_seconds(of, replace(at, now=at.now + timedelta(days=1)), verdicts) is None
