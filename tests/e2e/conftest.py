"""Fixtures of the end-to-end tests: this checkout's images and operator on a real cluster, and a namespace per test."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kubernetes.config import new_client_from_config

from tests.cluster.lock import locked
from tests.contract.apiserver import ApiServer
from tests.contract.kubectl import Kubectl
from tests.e2e import figures as measured
from tests.e2e import shared_run
from tests.e2e.audit import AuditLog
from tests.e2e.evidence import Evidence
from tests.e2e.installation import NAMESPACE, Installation, build_images
from tests.e2e.place import CODE, SECRET, Place, code, make_config_map, make_namespace, make_secret
from tests.e2e.postgres import Postgres
from tests.e2e.release import Release
from tests.e2e.shared_run import SharedRun

FOLDER = Path(__file__).parent
TEST_SECONDS = 300
# The main story first, then what takes longest, so that it does not run alone at the end of a run side by side. What
# looks back at the whole run comes last.
FIRST, LAST = ("test_sweep", "test_demo", "test_unchanged", "test_gpus"), ("test_rights", "test_secrets")
RUN_FOLDER = pytest.StashKey[Path | None]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and order its files."""
    places = [place for place, item in enumerate(items) if item.path.is_relative_to(FOLDER)]
    ours = sorted((items[place] for place in places), key=lambda item: _rank(item.path.stem))
    for place, item in zip(places, ours, strict=True):
        item.add_marker(pytest.mark.cluster)
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TEST_SECONDS))
        items[place] = item


def _rank(stem: str) -> int:
    if stem in FIRST:
        return FIRST.index(stem) - len(FIRST)
    return LAST.index(stem) + 1 if stem in LAST else 0


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RUN_FOLDER] = shared_run.open_folder()
    measured.register(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(RUN_FOLDER, None):
        shared_run.close_folder(folder)


@pytest.fixture
def figures(pytestconfig: pytest.Config) -> measured.Figures:
    """What a test measures goes here."""
    return measured.Figures(pytestconfig)


@pytest.fixture(scope="session")
def kubectl() -> Kubectl:
    for variable, purpose in {"KUBECONFIG": "a cluster", "REGISTRY": "a registry that its nodes pull from"}.items():
        if not os.environ.get(variable):
            pytest.skip(f"{variable} is not set: end-to-end tests need {purpose} (`make cluster` starts one)")
    return Kubectl()


@pytest.fixture(scope="session")
def server(kubectl: Kubectl) -> Iterator[ApiServer]:
    client = new_client_from_config()
    yield ApiServer(client)
    client.rest_client.close()


@pytest.fixture(scope="session")
def session_name() -> str:
    """A prefix of all that this process makes."""
    return f"e2e-{secrets.token_hex(3)}"


@pytest.fixture(scope="session")
def run() -> SharedRun:
    return shared_run.read()


@pytest.fixture(scope="session")
def password(run: SharedRun) -> str:
    """The canary: it may be seen in a Secret and nowhere else."""
    return run.password


@pytest.fixture(scope="session")
def images(kubectl: Kubectl, run: SharedRun) -> dict[str, str]:
    with locked(run.lock("images")):
        return build_images()


@pytest.fixture(scope="session")
def audit_log(kubectl: Kubectl, run: SharedRun) -> AuditLog | None:
    """The API server's record of this whole run; none for a cluster that is not ours."""
    return AuditLog.since(run.started) if os.environ.get("AUDIT_LOG") else None


@pytest.fixture(scope="session")
def evidence(kubectl: Kubectl, run: SharedRun) -> Iterator[Evidence]:
    evidence = Evidence(kubectl, run.evidence)
    evidence.start()
    yield evidence
    evidence.stop()


@pytest.fixture(scope="session")
def installation(
    kubectl: Kubectl, images: dict[str, str], audit_log: AuditLog | None, evidence: Evidence, run: SharedRun
) -> Installation:
    """The operator of this checkout. It stays installed: other tests and the demo use it."""
    labels = "pod-security.kubernetes.io/enforce=restricted"
    installation = Installation(kubectl)
    with locked(run.lock("installation")):  # helm refuses a second installation at the same time
        if subprocess.run(["kubectl", "get", "namespace", NAMESPACE], capture_output=True, check=False).returncode:
            kubectl("create", "namespace", NAMESPACE)
        kubectl("label", "namespace", NAMESPACE, labels, "--overwrite")
        installation.install(images["operator"])
    return installation


@pytest.fixture
def release(installation: Installation, images: dict[str, str]) -> Iterator[Release]:
    """The Helm release, for a test that changes it; installed again at its end."""
    yield Release(installation)
    installation.install(images["operator"])


@pytest.fixture(scope="session")
def postgres(
    kubectl: Kubectl, server: ApiServer, images: dict[str, str], session_name: str, password: str, evidence: Evidence
) -> Iterator[Postgres]:
    namespace = f"{session_name}-postgres"
    make_namespace(server, namespace)
    make_secret(server, namespace, "postgres-admin", password=password)
    postgres = Postgres(kubectl, namespace, password)
    try:
        postgres.start(images["postgres"])
        yield postgres
        evidence.read_namespace(namespace)
    finally:
        postgres.stop()
        server.send("DELETE", f"/api/v1/namespaces/{namespace}")


@pytest.fixture(scope="session")
def new_place(
    kubectl: Kubectl,
    server: ApiServer,
    images: dict[str, str],
    session_name: str,
    postgres: Postgres,
    installation: Installation,
    evidence: Evidence,
) -> Callable[[], object]:
    """A context in which a fresh namespace with a database of its own exists."""
    numbers = iter(range(1000))

    @contextmanager
    def made() -> Iterator[Place]:
        name = f"{session_name}-{next(numbers)}"
        database = postgres.create(name)
        make_namespace(server, name)
        place = Place(server, kubectl, name, images["trial"], database)
        try:
            make_secret(server, name, SECRET, uri=postgres.url(name))
            make_config_map(server, name, CODE, code())
            yield place
        finally:
            evidence.read_namespace(name)
            evidence.add("attributes in the database", database.every_text())
            place.remove()
            database.close()

    return made


@pytest.fixture
def place(new_place: Callable[[], object]) -> Iterator[Place]:
    """A namespace for one test."""
    with new_place() as place:
        yield place


@pytest.fixture(scope="module")
def shared(new_place: Callable[[], object]) -> Iterator[Place]:
    """A namespace for the tests of one file, where sweeps run side by side."""
    with new_place() as place:
        yield place
