"""What cannot work ends with the right exit code and one sentence, and touches nothing."""

from __future__ import annotations

import json

import optuna
import pytest
from sqlalchemy import text

from hpotrial import protocol
from hpotrial.storage.retry import RetryPolicy, StorageLostError
from hpotrial.storage.study import FencedError, UnusableStorageError, open_study
from tests.postgres_server import PASSWORD, PostgresServer
from tests.trial.builders import work
from tests.trial.conftest import StudyMaker, WorkerStarter

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize(
    ("changes", "exit_code", "sentence"),
    [
        (
            {protocol.WORK_ENV: json.dumps(work("needs_a_package:objective"))},
            protocol.EXIT_INVALID_CONFIG,
            "objective `needs_a_package:objective`: importing `needs_a_package` raised ModuleNotFoundError: "
            "No module named 'a_package_that_is_not_there'",
        ),
        (
            {protocol.WORK_ENV: json.dumps(work("plain:objectiv"))},
            protocol.EXIT_INVALID_CONFIG,
            "objective `plain:objectiv`: `plain` has no `objectiv`; it has quadratic",
        ),
        (
            {protocol.WORK_ENV: json.dumps(work("leaves_at_import:objective"))},
            protocol.EXIT_INVALID_CONFIG,
            "objective `leaves_at_import:objective`: while its module was imported, the process ended with exit code 5",
        ),
        (
            {protocol.WORK_ENV: json.dumps(work(sampler={"name": "TPE"}))},
            protocol.EXIT_INVALID_CONFIG,
            "study.sampler.name: no sampler `TPE` in Optuna; allowed:",
        ),
        ({protocol.WORK_ENV: "{"}, protocol.EXIT_INVALID_CONFIG, "HPOSWEEP_WORK: not JSON"),
        ({protocol.STUDY_ENV: ""}, protocol.EXIT_INVALID_CONFIG, "missing environment variables: HPOSWEEP_STUDY"),
        ({protocol.STUDY_ENV: "unknown"}, protocol.EXIT_FENCED, "study `unknown` does not exist in the database"),
        (
            {protocol.SWEEP_UID_ENV: "mine"},
            protocol.EXIT_FENCED,
            "belongs to the sweep with uid 3f1e-sweep, not to this",
        ),
        (
            {protocol.STORAGE_URL_ENV: f"mysql://me:{PASSWORD}@db/x"},
            protocol.EXIT_INVALID_CONFIG,
            "the database URL has scheme `mysql`; supported are postgresql",
        ),
    ],
)
def test_a_worker_that_cannot_work_says_why(
    make_study: StudyMaker, start_worker: WorkerStarter, changes: dict[str, str], exit_code: int, sentence: str
) -> None:
    study = make_study()
    worker = start_worker(study, **changes)
    assert worker.wait() == exit_code, worker.log()
    assert sentence in worker.message()
    assert worker.message().count("\n") == 0
    assert sentence in worker.log()
    assert PASSWORD not in worker.log() + worker.message()
    assert study.trials == []


def open_it(url: str, study: str, sleep: float = 0.0) -> None:
    impatient = RetryPolicy(sleep=lambda seconds: False, seconds=sleep)
    sampler, pruner = optuna.samplers.RandomSampler(), optuna.pruners.NopPruner()
    open_study(protocol.libpq_url(url), study, sampler, pruner, impatient).close()


def test_an_unreachable_database_is_lost_storage() -> None:
    with pytest.raises(StorageLostError, match=r"the database did not answer: .*refused"):
        open_it("postgresql://me:pw@127.0.0.1:1/x", "s")


def test_a_url_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(UnusableStorageError, match="cannot be read"):
        open_it("postgresql://me:p@ss:word@host:port/x", "s")


def test_a_database_without_optunas_tables_is_no_study_and_gets_none(postgres: PostgresServer) -> None:
    uri = postgres.create_database("empty")
    with pytest.raises(FencedError, match="the database has no Optuna tables"):
        open_it(uri, "s")
    with pytest.raises(FencedError):
        open_it(uri, "s")  # the first visit created nothing


def test_a_database_that_may_not_be_read_says_so(postgres: PostgresServer, make_study: StudyMaker) -> None:
    study = make_study()
    with study.storage.engine.begin() as connection:
        connection.execute(text("create role stranger login password 'stranger'"))
    with pytest.raises(UnusableStorageError, match="permission denied for table alembic_version"):
        open_it(study.uri.replace(f"hpo:{PASSWORD}", "stranger:stranger"), study.name)


def test_a_schema_of_another_release_is_refused(postgres: PostgresServer) -> None:
    uri = postgres.create_database("older")
    storage = optuna.storages.RDBStorage(protocol.driver_url(uri))
    with storage.engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = 'v3.0.0.d'")
    storage.engine.dispose()
    with pytest.raises(UnusableStorageError, match="does not fit this image's Optuna"):
        open_it(uri, "s")


def test_a_password_with_braces_reaches_the_server(postgres: PostgresServer, make_study: StudyMaker) -> None:
    study = make_study()
    with study.storage.engine.begin() as connection:
        connection.execute(text("create role brace login superuser password '{p}ass%'"))
    uri = study.uri.replace("hpo:" + PASSWORD, "brace:{p}ass%25")
    open_it(uri, study.name)
