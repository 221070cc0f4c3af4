"""One PostgreSQL server and one database with Optuna's schema for all tests of this folder; one study each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest

from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hpotrial import protocol
from tests.postgres_server import PostgresServer, running
from tests.trial.builders import SweepStudy, WorkerProcess, work

StudyMaker = Callable[..., SweepStudy]
WorkerStarter = Callable[..., WorkerProcess]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def database(postgres: PostgresServer) -> Iterator[tuple[optuna.storages.RDBStorage, str]]:
    uri = postgres.create_database("optuna")
    storage = optuna.storages.RDBStorage(protocol.driver_url(uri), engine_kwargs={"pool_pre_ping": True})
    yield storage, uri
    storage.engine.dispose()


@pytest.fixture
def make_study(database: tuple[optuna.storages.RDBStorage, str]) -> StudyMaker:
    """A study of its own for each test, with a budget of 10 trials unless `control` says otherwise."""
    storage, uri = database

    def make(*directions: str) -> SweepStudy:
        return SweepStudy(storage, uri, f"study-{uuid.uuid4().hex[:8]}", directions or ("minimize",)).control()

    return make


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[WorkerStarter]:
    """Start workers; whatever still runs when the test ends is killed."""
    started: list[WorkerProcess] = []

    def start(study: SweepStudy, block: Any = None, index: int = 0, **environment: str) -> WorkerProcess:
        worker = WorkerProcess(study, block or work(), tmp_path, index, environment)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.kill()
        print(f"--- worker {worker.index} ended with {worker.process.returncode}:\n{worker.log()}")


@pytest.fixture
def make_studies() -> Iterator[Callable[[SweepStudy], Studies]]:
    """The operator's view of a study's database; closed when the test ends."""
    opened: list[Studies] = []

    def make(study: SweepStudy) -> Studies:
        opened.append(Studies(Dsn(study.uri)))
        return opened[-1]

    yield make
    for studies in opened:
        studies.close()
