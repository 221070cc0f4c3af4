"""Retries by an exception of the user's own (`spec.trials.retryOn`), by a whole worker."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from optuna.trial import FrozenTrial, TrialState

from hpotrial import protocol
from tests.trial.builders import OBJECTIVES, SweepStudy, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres

ISOLATIONS = pytest.mark.parametrize("isolation", ["Process", "None"])


def attempts(study: SweepStudy) -> list[tuple[str, Any, Any]]:
    attributes = (protocol.CHARGED, protocol.RETRIED_FROM)
    return [(trial.state.name, *(trial.user_attrs.get(key) for key in attributes)) for trial in study.trials]


def failed(study: SweepStudy) -> list[FrozenTrial]:
    return study.of_state(TrialState.FAIL)


@ISOLATIONS
@pytest.mark.parametrize("name", ["flaky.UnreachableError", "flaky.SlowError"])
def test_a_trial_is_retried_by_the_class_or_its_base(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str, name: str
) -> None:
    study = make_study().control(max_trials=2, retryOn=["no.such.Error", name], maxRetries=1)
    worker = start_worker(study, work("flaky:slow_once", isolation=isolation))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert attempts(study) == [("FAIL", False, None), ("COMPLETE", None, 0), ("COMPLETE", None, None)]
    first, second, _ = study.trials
    assert second.params == first.params
    assert second.user_attrs[protocol.RETRIES] == 1
    assert first.user_attrs[protocol.CLASS] == protocol.OBJECTIVE_ERROR
    assert first.user_attrs[protocol.ERROR].startswith("SlowError: the data server did not answer (flaky.py:")
    assert "SlowError" in first.user_attrs[protocol.LOG_TAIL]
    assert f"requeued by trials.retryOn {name} (retry 1 of 1)" in worker.log()


@ISOLATIONS
def test_retries_are_limited_and_the_last_failure_is_charged(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str
) -> None:
    study = make_study().control(max_trials=1, retryOn=["ConnectionError"], maxRetries=2)
    worker = start_worker(study, work("flaky:refused", isolation=isolation))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert attempts(study) == [("FAIL", False, None), ("FAIL", False, 0), ("FAIL", None, 1)]
    assert len({trial.params["x"] for trial in study.trials}) == 1


@ISOLATIONS
@pytest.mark.parametrize(
    "control",
    [{}, {"retryOn": ["flaky.SlowError"], "maxRetries": 0}, {"retryOn": ["flaky.SlowError"], "maxRetries": 9}],
)
def test_no_other_exception_is_retried(
    make_study: StudyMaker, start_worker: WorkerStarter, isolation: str, control: dict[str, Any]
) -> None:
    study = make_study().control(max_trials=1, **control)
    worker = start_worker(study, work("flaky:other", isolation=isolation))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert attempts(study) == [("FAIL", None, None)]


@pytest.mark.parametrize(("name", "tries"), [("ValueError", 3), ("TypeError", 1)])
def test_a_program_is_retried_by_the_exception_that_it_printed(
    make_study: StudyMaker, start_worker: WorkerStarter, name: str, tries: int
) -> None:
    study = make_study().control(max_trials=1, retryOn=[name], maxRetries=2)
    command = [sys.executable, str(OBJECTIVES / "programs.py"), "raises"]
    worker = start_worker(study, work() | {"objective": {"command": command}})
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert len(failed(study)) == tries
    assert len(study.charged()) == 1
