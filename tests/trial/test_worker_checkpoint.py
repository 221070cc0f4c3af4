"""An interrupted trial goes on where it was, and checkpoints that nobody needs do not stay."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from tests.trial.builders import OBJECTIVES, until, work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres


def block(tmp_path: Path, reference: str, keep: str = "Best", **more: Any) -> dict[str, Any]:
    return work(reference, checkpoints={"path": str(tmp_path / "ckpt"), "keep": keep}, **more)


@pytest.mark.parametrize("isolation", ["Process", "None"])
def test_a_retried_trial_finds_its_own_checkpoint(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path, isolation: str
) -> None:
    study = make_study().control(max_trials=1)
    first = start_worker(study, block(tmp_path, "resumed:objective"), TEST_DIRECTORY=str(tmp_path))
    until(lambda: (tmp_path / "running-0").exists(), "the first try")
    first.terminate()
    assert first.wait() == protocol.EXIT_INTERRUPTED
    successor = start_worker(study, block(tmp_path, "resumed:objective", isolation=isolation))
    assert successor.wait() == protocol.EXIT_DONE, successor.log()
    tried, again = study.trials
    assert tried.user_attrs[protocol.CHECKPOINT] == again.user_attrs[protocol.CHECKPOINT] == "trial-0"
    assert (again.state, again.value) == (TrialState.COMPLETE, 3.0)


@pytest.mark.parametrize(("keep", "expected"), [("None", 0), ("Best", 1), ("All", 4)])
def test_what_is_kept_is_kept(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path, keep: str, expected: int
) -> None:
    study = make_study().control(max_trials=4)
    worker = start_worker(study, block(tmp_path, "resumed:saves", keep))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    left = sorted(path.name for path in (tmp_path / "ckpt" / study.name).glob("trial-*"))
    assert len(left) == expected
    if keep == "Best":
        assert left == [study.study.best_trial.user_attrs[protocol.CHECKPOINT]]


def test_a_program_gets_its_folder(make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path) -> None:
    study = make_study().control(max_trials=1)
    command = {"command": [sys.executable, str(OBJECTIVES / "programs.py"), "echo"]}
    worker = start_worker(study, {**block(tmp_path, ""), "objective": command})
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    folder = study.trials[0].user_attrs["environ"]["HPO_CHECKPOINT_DIR"]
    assert folder == str(tmp_path / "ckpt" / study.name / "trial-0")
    assert Path(folder).is_dir()


def test_without_a_place_the_sentence_names_the_field(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=1)
    assert start_worker(study, work("resumed:saves")).wait() == protocol.EXIT_DONE
    assert "needs spec.workers.checkpoints.path" in study.trials[0].user_attrs[protocol.ERROR]
