"""A database that goes away for a moment costs neither the trial nor the worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpotrial import contract
from tests.postgres_server import PostgresServer
from tests.trial.builders import until, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres


def test_a_restart_of_the_database_in_mid_trial_is_survived(
    make_study: StudyMaker, start_worker: WorkerStarter, postgres: PostgresServer, tmp_path: Path
) -> None:
    study = make_study().control(max_trials=3)
    worker = start_worker(study, work("slow:gated"), TEST_DIRECTORY=str(tmp_path))
    until(lambda: (tmp_path / "running-0").exists(), "trial 0 to run")
    postgres.stop("immediate")
    (tmp_path / "go").touch()  # the result meets no database
    postgres.start()
    assert worker.wait() == contract.EXIT_DONE
    assert study.counts() == {"COMPLETE": 3}
