"""A database that goes away costs neither the trial nor the worker; the trial does not even notice."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from tests.postgres_server import PostgresServer
from tests.trial.builders import until, work
from tests.trial.conftest import StudyMaker, WorkerStarter
from tests.trial.objectives.steady import STEPS

pytestmark = pytest.mark.postgres

MEDIAN = {"name": "MedianPruner", "options": {"n_startup_trials": 1}}


def test_a_restart_of_the_database_in_mid_trial_is_survived(
    make_study: StudyMaker, start_worker: WorkerStarter, postgres: PostgresServer, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=3)
    worker = start_worker(study, work("slow:gated"), TEST_DIRECTORY=str(tmp_path))
    until(lambda: (tmp_path / "running-0").exists(), "trial 0 to run")
    postgres.stop("immediate")
    (tmp_path / "go").touch()  # the result meets no database
    postgres.start()
    assert worker.wait() == protocol.EXIT_DONE
    assert study.counts() == {"COMPLETE": 3}


def test_a_trial_trains_on_while_the_database_is_away_and_everything_is_told_late(
    make_study: StudyMaker, start_worker: WorkerStarter, postgres: PostgresServer, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=1)
    worker = start_worker(study, work("steady:objective", pruner=MEDIAN), TEST_DIRECTORY=str(tmp_path))
    until(lambda: (tmp_path / "step-0-3").exists(), "the training to begin")
    postgres.stop("immediate")
    until(lambda: (tmp_path / f"step-0-{STEPS - 10}").exists(), "the training to go on")
    postgres.start()
    assert worker.wait() == protocol.EXIT_DONE
    (trial,) = study.trials
    assert trial.state == TrialState.COMPLETE
    assert trial.intermediate_values == {step: step * trial.params["x"] for step in range(STEPS)}


def test_a_result_outlives_the_outage_in_which_it_was_found(
    make_study: StudyMaker, start_worker: WorkerStarter, postgres: PostgresServer, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=1)
    worker = start_worker(study, work("slow:gated"), TEST_DIRECTORY=str(tmp_path))
    until(lambda: (tmp_path / "running-0").exists(), "trial 0 to run")
    postgres.stop("immediate")
    try:
        (tmp_path / "go").touch()
        time.sleep(3)
        assert worker.process.poll() is None
    finally:
        postgres.start()
    assert worker.wait() == protocol.EXIT_DONE
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE]


def test_an_outage_that_lasts_too_long_ends_the_worker(
    make_study: StudyMaker, start_worker: WorkerStarter, postgres: PostgresServer, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=1)
    worker = start_worker(study, work("slow:gated", outageSeconds=1), TEST_DIRECTORY=str(tmp_path))
    until(lambda: (tmp_path / "running-0").exists(), "trial 0 to run")
    postgres.stop("immediate")
    try:
        assert worker.wait() == protocol.EXIT_STORAGE_LOST
    finally:
        postgres.start()
    assert "the database did not answer" in worker.message()
    assert study.counts() == {"RUNNING": 1}  # for the operator, which sees that the pod is gone


def test_a_database_that_hangs_holds_nobody_for_ever(
    make_study: StudyMaker, start_worker: WorkerStarter, postgres: PostgresServer, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=1)
    worker = start_worker(study, work("steady:objective", pruner=MEDIAN), TEST_DIRECTORY=str(tmp_path))
    until(lambda: (tmp_path / "step-0-3").exists(), "the training to begin")
    with postgres.frozen():
        until(lambda: (tmp_path / f"step-0-{STEPS - 1}").exists(), "the training to end")
    assert worker.wait() == protocol.EXIT_DONE
    (trial,) = study.trials
    assert trial.state == TrialState.COMPLETE
    assert len(trial.intermediate_values) == STEPS
