"""Fixtures of the contract tests: the API server that KUBECONFIG names, with this checkout's CRD, and a namespace.

A contract test asks a real API server and nothing else, so these tests also run without nodes and without an operator.
With an operator beside them they still hold: whatever it could touch is asked as a dry run.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes.config import new_client_from_config

from tests.contract.apiserver import MERGE_PATCH, NOT_FOUND, ApiServer, RefusedError, Sweeps
from tests.contract.kubectl import Kubectl

ROOT = Path(__file__).parents[2]
CRD_FOLDER = ROOT / "manifests" / "base" / "crd"
CRD_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/hposweeps.hposweep.dev"
READY_SECONDS = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: none of them means anything without an API server."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.cluster)


@pytest.fixture(scope="session")
def kubectl() -> Kubectl:
    """Return a `kubectl` on PATH, bound to KUBECONFIG."""
    if not os.environ.get("KUBECONFIG"):
        pytest.skip("KUBECONFIG is not set: contract tests need a real API server (`make cluster` starts one)")
    return Kubectl()


@pytest.fixture(scope="session")
def server(kubectl: Kubectl) -> Iterator[ApiServer]:
    """Return the API server, with the CRD of this checkout in force."""
    kubectl("apply", "--server-side", "--force-conflicts", "-k", str(CRD_FOLDER))
    client = new_client_from_config()
    api = ApiServer(client)
    _wait_until_served(api)
    yield api
    client.rest_client.close()


@pytest.fixture(scope="module")
def namespace(server: ApiServer) -> Iterator[str]:
    """Return the name of a fresh namespace that is deleted after the module's tests."""
    name = f"contract-{uuid.uuid4().hex[:8]}"
    server.send("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    yield name
    _let_go(Sweeps(server, name))
    server.send("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="module")
def sweeps(server: ApiServer, namespace: str) -> Sweeps:
    """Return the sweeps of the module's namespace."""
    return Sweeps(server, namespace)


def _let_go(sweeps: Sweeps) -> None:
    """Delete the sweeps, also those whose operator has stopped in the meantime: nobody would drop its finalizer."""
    for sweep in sweeps.read_all():
        path = f"{sweeps.path}/{sweep['metadata']['name']}"
        try:
            sweeps.server.send("DELETE", path)
            sweeps.server.send("PATCH", path, {"metadata": {"finalizers": None}}, content_type=MERGE_PATCH)
        except RefusedError as refusal:
            if refusal.status != NOT_FOUND:
                raise


def _wait_until_served(api: ApiServer) -> None:
    """Wait for `Established`, and for the schema itself: the server takes a moment to serve a changed one."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        crd = api.send("GET", CRD_PATH)
        conditions = {c["type"]: c["status"] for c in crd.get("status", {}).get("conditions") or []}
        if conditions.get("Established") == "True" and conditions.get("NonStructuralSchema") != "True":
            break
        time.sleep(0.1)
    else:
        pytest.fail(f"the CRD was not established within {READY_SECONDS} s: {conditions}")
