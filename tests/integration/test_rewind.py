"""A database that is restored to an earlier state in mid-sweep: the operator reads what is there, as a new one would.

The backup is a copy of the files of a server at rest, which has no other timeline. In the hard case, counts are equal.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import optuna
import pytest

from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.study import Studies
from hposweep.model.history import History
from hposweep.model.trials import Study
from hpotrial import protocol
from tests.integration.conftest import OWNER
from tests.postgres_server import PostgresServer, running

pytestmark = pytest.mark.postgres


@pytest.fixture
def restorable() -> Iterator[PostgresServer]:
    with running() as server:
        yield server


def look(studies: Studies) -> tuple[Study, History]:
    study = studies.read("s", [True])
    assert study is not None
    return study, studies.history(study.id, study.counts)


def add(url: str, *values: float) -> None:
    storage = optuna.storages.RDBStorage(protocol.driver_url(url))
    study = optuna.load_study(study_name="s", storage=storage)
    for value in values:
        trial = study.ask()
        trial.suggest_float("x", 0.0, 100.0)
        study.tell(trial, value)
    storage.remove_session()
    storage.engine.dispose()


def reads_as_a_new_operator(studies: Studies) -> bool:
    (study, history), dsn = look(studies), studies.dsn
    with closing(Studies(dsn)) as others:
        other_study, other_history = look(others)
    values = [sorted((trial.number, trial.values) for trial in each.trials) for each in (history, other_history)]
    return values[0] == values[1] and (study.best, study.counts) == (other_study.best, other_study.counts)


@pytest.mark.parametrize("made_again", [(), (0.3, 0.2), (0.3, 0.2, 0.1, 0.1, 0.1)])
def test_trials_that_a_restore_took_away_are_forgotten(
    restorable: PostgresServer, made_again: tuple[float, ...]
) -> None:
    url = restorable.url()
    with closing(Studies(Dsn(url))) as studies:
        studies.create("s", ["MAXIMIZE"], ["score"], OWNER)
        add(url, 0.4, 0.1, 0.2)
        look(studies)
        data, backup = restorable.directory / "data", restorable.directory / "backup"
        restorable.stop()
        _copy(data, backup)
        restorable.start()
        add(url, 0.5, 0.9)
        study, history = _look_after_loss(studies)
        assert (study.counts.complete, len(history.trials)) == (5, 5)
        restorable.stop()
        shutil.rmtree(data)
        _copy(backup, data)
        restorable.start()
        add(url, *made_again)
        study, history = _look_after_loss(studies)
        assert (study.counts.complete, len(history.trials)) == (3 + len(made_again), 3 + len(made_again))
        assert study.best.trial is not None
        assert study.best.trial.values == (0.4,)
        assert reads_as_a_new_operator(studies)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder with its owners, as a backup of a server at rest."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _look_after_loss(studies: Studies) -> tuple[Study, History]:
    """Look again after the first attempt, which finds the connection closed."""
    with pytest.raises(StorageError):
        look(studies)
    return look(studies)


def test_a_lost_connection_alone_reads_nothing_again(studies: Studies, optuna_study: optuna.Study, url: str) -> None:
    optuna_study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=3)
    _, before = look(studies)
    studies._session.close()
    assert look(studies)[1] is before


def test_the_identity_can_be_read_by_any_login(studies: Studies, url: str) -> None:
    studies.create("s", ["MAXIMIZE"], ["score"], OWNER)
    login = f"plain_{url.rpartition('/')[2]}"
    studies._session.run(f"create role {login} login password 'canary-plain'")
    studies._session.run(f"grant select on all tables in schema public to {login}")
    with closing(Studies(Dsn(url.replace("hpo:canary-4f1c", f"{login}:canary-plain")))) as plain:
        look(plain)
        assert len(plain._lineage._identity) == 2
