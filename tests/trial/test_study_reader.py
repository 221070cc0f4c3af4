"""`hposweep analyze` reads studies that plain Optuna wrote into PostgreSQL, and cannot write."""

from __future__ import annotations

import contextlib

import optuna
import pytest
from sqlalchemy.exc import SQLAlchemyError

from hposweep.cli import main
from hposweep.database import study_reader
from hposweep.database.errors import StorageError
from hposweep.database.study_address import parse
from hposweep.database.study_reader import read_study
from hpotrial.protocol import STORAGE_URL_ENV
from tests.foreign_studies import STUDIES, make
from tests.postgres_server import PASSWORD, PostgresServer


@pytest.fixture(scope="module")
def storage(postgres: PostgresServer) -> tuple[optuna.storages.RDBStorage, str]:
    url = postgres.create_database("foreign")
    return optuna.storages.RDBStorage(url.replace("postgresql://", "postgresql+psycopg2://")), url


@pytest.mark.parametrize("name", STUDIES)
def test_a_foreign_study_is_read_from_postgresql(
    storage: tuple[optuna.storages.RDBStorage, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_reader, "PAGE_TRIALS", 7)
    study = make(name, storage[0])
    stored = read_study(storage[1], name)
    trials = study.get_trials()
    assert [dict(item.params) for item in stored.history.trials] == [item.params for item in trials]
    assert [item.state for item in stored.history.trials] == [item.state.name for item in trials]
    complete = [item.values for item in stored.history.trials if item.state == "COMPLETE"]
    assert complete == [tuple(item.values) for item in trials if item.state.name == "COMPLETE"]


def test_the_connection_refuses_writes(storage: tuple[optuna.storages.RDBStorage, str]) -> None:
    reader = study_reader._open(parse(storage[1]))
    with pytest.raises((SQLAlchemyError, optuna.exceptions.StorageInternalError)):
        reader.create_new_study([optuna.study.StudyDirection.MINIMIZE], "new")


def test_a_database_without_tables_stays_without(postgres: PostgresServer) -> None:
    url = postgres.create_database("bare")
    for _ in range(2):
        with pytest.raises(StorageError, match="no tables of Optuna"):
            read_study(url, None)


@pytest.mark.parametrize("name", STUDIES)
def test_the_command_analyzes_a_study_of_postgresql(
    storage: tuple[optuna.storages.RDBStorage, str],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with contextlib.suppress(optuna.exceptions.DuplicatedStudyError):
        make(name, storage[0])
    monkeypatch.setenv(STORAGE_URL_ENV, storage[1])
    assert main(["analyze", "--study", name]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"Study {name}\n")
    assert err == ""
    assert PASSWORD not in out
