"""One PostgreSQL server for the tests of this folder, a database of its own for each, and a study both sides see."""

from __future__ import annotations

from collections.abc import Iterator

import optuna
import pytest

from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hpotrial import protocol
from tests.postgres_server import PostgresServer, running

OWNER = "uid-of-the-sweep"


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    with running() as server:
        yield server


@pytest.fixture
def url(server: PostgresServer, request: pytest.FixtureRequest) -> str:
    return server.create_database(f"t{abs(hash(request.node.nodeid)) % 10**12}")


@pytest.fixture
def studies(url: str) -> Iterator[Studies]:
    studies = Studies(Dsn(url))
    yield studies
    studies.close()


@pytest.fixture
def optuna_study(studies: Studies, url: str) -> Iterator[optuna.Study]:
    """The study `s` as Optuna sees it, created by the operator."""
    studies.create("s", ["MINIMIZE"], ["loss"], OWNER)
    storage = optuna.storages.RDBStorage(protocol.driver_url(url))
    yield optuna.load_study(study_name="s", storage=storage)
    storage.engine.dispose()
