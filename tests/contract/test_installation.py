"""What the chart installs is accepted by a real API server, in a namespace that enforces restricted pods."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.contract.apiserver import ApiServer, RefusedError
from tests.contract.kubectl import Kubectl
from tests.packaging.chart import HOOK, template, template_arguments
from tests.packaging.chart_options import ALL, arguments
from tests.packaging.program import Program

Json = dict[str, Any]

RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


@pytest.fixture(scope="module")
def restricted(server: ApiServer, namespace: str) -> str:
    """Return a namespace with the label that ours has."""
    path = f"/api/v1/namespaces/{namespace}"
    body = {"metadata": {"labels": RESTRICTED}}
    server.send("PATCH", path, body, content_type="application/merge-patch+json")
    return namespace


@pytest.fixture(scope="module")
def helm() -> Program:
    if shutil.which("helm") is None:
        pytest.skip("helm is not on PATH (`make cluster` builds one)")
    return Program("helm")


@pytest.fixture(scope="module", params=["everywhere", "one namespace", "every option"])
def installation(request: pytest.FixtureRequest, restricted: str, helm: Program) -> list[Json]:
    """Return what the chart renders for that namespace, for each reach of the operator and with every option."""
    values: dict[str, tuple[str, ...]] = {
        "everywhere": (),
        "one namespace": ("--set", "scope=Namespaced", "--set", f"watchNamespaces={{{restricted}}}"),
        "every option": arguments(ALL),
    }
    return template(helm, "--namespace", restricted, *values[request.param])


def test_every_object_is_accepted(kubectl: Kubectl, installation: list[Json]) -> None:
    stdin = json.dumps({"apiVersion": "v1", "kind": "List", "items": installation})
    said = kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-", stdin=stdin)
    assert len(said.splitlines()) == len(installation)


def test_every_pod_is_restricted_enough(server: ApiServer, restricted: str, installation: list[Json]) -> None:
    pods = _pods(installation)
    assert pods
    for pod in pods:
        server.send("POST", f"/api/v1/namespaces/{restricted}/pods", pod, dryRun="All")
        pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
        with pytest.raises(RefusedError, match="violates PodSecurity"):
            server.send("POST", f"/api/v1/namespaces/{restricted}/pods", pod, dryRun="All")


def test_the_pod_of_helm_test_is_restricted_enough(server: ApiServer, restricted: str, helm: Program) -> None:
    rendered = helm.objects(*template_arguments("--namespace", restricted))
    (pod,) = (item for item in rendered if HOOK in item["metadata"].get("annotations", {}))
    server.send("POST", f"/api/v1/namespaces/{restricted}/pods", pod, dryRun="All")


def _pods(installation: list[Json]) -> list[Json]:
    """Return a pod of each Deployment, with another account: ours does not exist in a dry run."""
    deployments = [item for item in installation if item["kind"] == "Deployment"]
    specs = [json.loads(json.dumps(item["spec"]["template"]["spec"])) for item in deployments]
    return [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "pod"},
            "spec": spec | {"serviceAccountName": "default"},
        }
        for spec in specs
    ]
