"""Which checkpoints stay when two workers end their trials at the same time, against a real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import optuna
import psycopg2
import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.claim import TrialClaimer
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.lifecycle.retention import apply_retention
from hpotrial.lifecycle.tell import tell
from hpotrial.protocol.config import Checkpoints
from hpotrial.storage import study_storage
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.retry import RetryPolicy
from hpotrial.storage.study import StudyHandle, open_study
from tests.trial.builders import SWEEP_UID
from tests.trial.conftest import StudyMaker

pytestmark = pytest.mark.postgres


class Worker:
    """A worker with one running trial, and the folder of that trial."""

    def __init__(self, handle: StudyHandle, index: int, checkpoints: Path) -> None:
        self.handle, self.root = handle, checkpoints / handle.name
        self.checkpoints = Checkpoints(str(checkpoints), "Best")
        self.identity = WorkerIdentity(f"pod-{index}", f"uid-{index}", "node", index)
        _, trial = TrialClaimer(handle, SWEEP_UID, self.identity, "").ask()
        assert trial is not None
        self.trial: OwnedTrial = trial
        self.folder = self.root / f"trial-{trial.number}"
        self.folder.mkdir(parents=True)
        handle.storage.set_own_attr(protocol.CHECKPOINT, self.folder.name)

    def tell(self, value: float) -> None:
        tell(self.handle, self.trial, TrialOutcome(TrialState.COMPLETE, (value,)), self.identity)

    def retain(self) -> None:
        apply_retention(self.handle, self.checkpoints, self.trial)


@pytest.fixture
def workers(make_study: StudyMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Worker]]:
    # Two workers end within the time for which a read of the study is kept.
    monkeypatch.setattr(study_storage, "FRESH_SECONDS", float("inf"))
    study = make_study()
    never = RetryPolicy(sleep=lambda seconds: False)
    with ExitStack() as stack:
        listed = []
        for index in range(2):
            sampler, pruner = optuna.samplers.RandomSampler(seed=index), optuna.pruners.NopPruner()
            handle = open_study(protocol.libpq_url(study.uri), study.name, sampler, pruner, never)
            stack.callback(handle.close)
            listed.append(Worker(handle, index, tmp_path))
        yield listed


@pytest.mark.parametrize("is_first_to_retain", [True, False], ids=["best first", "best last"])
def test_the_best_of_another_worker_that_ended_just_now_stays(
    workers: list[Worker], *, is_first_to_retain: bool
) -> None:
    other, best = workers
    other.tell(1.0)
    assert other.handle.optuna_study.best_trial.number == other.trial.number
    best.tell(0.1)
    for worker in (best, other) if is_first_to_retain else (other, best):
        worker.retain()
    assert best.folder.is_dir()
    assert not other.folder.exists()


def test_nothing_is_removed_while_the_database_is_unreachable(
    workers: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    other, best = workers
    other.tell(1.0)
    best.tell(0.1)

    def lost() -> None:
        raise ConnectionLostError("the server is gone") from psycopg2.OperationalError()

    monkeypatch.setattr(other.handle.storage, "refresh", lost)
    other.retain()
    assert (other.folder.is_dir(), best.folder.is_dir()) == (True, True)
    best.retain()
    assert (other.folder.exists(), best.folder.is_dir()) == (False, True)
