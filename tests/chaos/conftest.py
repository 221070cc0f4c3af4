"""Fixtures of the chaos run: the end-to-end tests' operator and images, and a database that outlives every node."""

from __future__ import annotations

import os
import random
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.witness import Witness
from tests.chaos.world import World
from tests.cluster import layout
from tests.cluster.layout import Layout
from tests.contract.apiserver import ApiServer
from tests.contract.conftest import ROOT
from tests.contract.kubectl import Kubectl
from tests.e2e import figures as measured
from tests.e2e import shared_run

# The same cluster, the same installation: made in the same way.
from tests.e2e.conftest import audit_log, images, installation, kubectl, run, server, session_name  # noqa: F401
from tests.e2e.evidence import Evidence
from tests.e2e.installation import Installation
from tests.e2e.place import CODE, SECRET, Place, make_config_map, make_namespace, make_secret
from tests.e2e.trials import Database
from tests.postgres_server import PostgresServer

OBJECTIVE = Path(__file__).parent / "objectives" / "witnessed.py"
DATABASE = "optuna"
SEEDS = 1_000_000
RUN_FOLDER = pytest.StashKey[Path | None]()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """A request that the death of an API server cut short leaves its socket to the garbage collector: it complains.

    Whenever that may be, so nothing that is done at one moment would do: the complaint itself goes unheard.
    """
    config.stash[RUN_FOLDER] = config.stash.get(RUN_FOLDER, None) or shared_run.open_folder()
    measured.register(config)
    heard = sys.unraisablehook

    def hear(said: sys.UnraisableHookArgs) -> None:
        if not (isinstance(said.object, ssl.SSLSocket) and isinstance(said.exc_value, ResourceWarning)):
            heard(said)

    sys.unraisablehook = hear


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(RUN_FOLDER, None):
        shared_run.close_folder(folder)


@pytest.fixture
def figures(pytestconfig: pytest.Config) -> measured.Figures:
    return measured.Figures(pytestconfig)


@pytest.fixture
def seed() -> int:
    """`SEED=` repeats a run."""
    given = os.environ.get("SEED")
    return int(given) if given else random.SystemRandom().randrange(SEEDS)


@pytest.fixture(scope="session")
def own_layout(kubectl: Kubectl) -> Layout:  # noqa: F811
    """Only in the cluster of this checkout do we pull cables."""
    found = layout.of(ROOT)
    if os.environ.get("KUBECONFIG") != str(found.kubeconfig):
        pytest.skip("KUBECONFIG is not that of this checkout's own cluster (`make cluster` starts it)")
    return found


@pytest.fixture(scope="session")
def evidence(kubectl: Kubectl, tmp_path_factory: pytest.TempPathFactory) -> Evidence:  # noqa: F811
    """Logs of operators that are killed; nobody searches the machine's processes meanwhile."""
    return Evidence(kubectl, tmp_path_factory.mktemp("evidence"))


@pytest.fixture
def postgres(own_layout: Layout) -> Iterator[PostgresServer]:
    """A process of this machine, which the pods of both nodes reach."""
    found = PostgresServer(address=own_layout.host_address, clients=own_layout.subnet)
    try:
        found.start()
        found.create_database(DATABASE)
        yield found
    finally:
        found.remove()


@pytest.fixture
def witness(own_layout: Layout) -> Iterator[Witness]:
    found = Witness(own_layout.host_address)
    yield found
    found.close()


@pytest.fixture
def world(
    own_layout: Layout,
    kubectl: Kubectl,  # noqa: F811
    server: ApiServer,  # noqa: F811
    images: dict[str, str],  # noqa: F811
    installation: Installation,  # noqa: F811
    session_name: str,  # noqa: F811
    postgres: PostgresServer,
    witness: Witness,
    evidence: Evidence,
) -> Iterator[World]:
    """A namespace as users have one, on that database."""
    name = session_name.replace("e2e", "chaos")
    database = Database(lambda: postgres.url(DATABASE))
    make_namespace(server, name)
    place = Place(server, kubectl, name, images["trial"], database)
    try:
        make_secret(server, name, SECRET, uri=postgres.clients_url(DATABASE))
        make_config_map(server, name, CODE, {OBJECTIVE.name: OBJECTIVE.read_text()})
        yield World(own_layout, server, installation, postgres, place, witness, evidence)
    finally:
        place.remove()
        database.close()
