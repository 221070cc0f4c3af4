"""The Helm chart and the kustomize overlays install the same objects, and every way of installing is safe."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.chart import NAMESPACE, comparable, overlay, template
from tests.packaging.checkout import MANIFESTS, OVERLAYS
from tests.packaging.program import Program

Json = dict[str, Any]


def _watched_namespace() -> str:
    watch = yaml.safe_load((MANIFESTS / "overlays" / "namespaced" / "watch.yaml").read_text())
    return str(watch["data"]["namespace"])


# How the chart is told to do what an overlay does.
SAME: dict[str, tuple[str, ...]] = {
    "default": (),
    "namespaced": ("--set", "scope=Namespaced", "--set", f"watchNamespaces={{{_watched_namespace()}}}"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_chart_renders_the_objects_of_the_overlay(helm: Program, kubectl: Program, name: str) -> None:
    chart = comparable(template(helm, *SAME[name]))
    manifests = comparable(overlay(kubectl, name))
    assert chart.keys() == manifests.keys()
    for key, expected in manifests.items():
        assert chart[key] == expected, key


def test_every_overlay_is_compared() -> None:
    assert set(OVERLAYS) == set(SAME)


# The value of the chart that does what a component does, and the objects that it adds.
COMPONENTS = {
    "service-monitor": ("metrics.serviceMonitor.enabled=true", 1),
    "pod-monitor": ("metrics.podMonitor.enabled=true", 1),
    "pod-disruption-budget": ("podDisruptionBudget.enabled=true", 1),
    "network-policy": ("networkPolicy.enabled=true", 1),
    "alerts": ("alerts.enabled=true", 1),
    "optuna-dashboard": ("optunaDashboard.enabled=true,optunaDashboard.storage.secret=optuna-db", 3),
    "dashboards": ("dashboards.enabled=true", 2),
}


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_chart_renders_the_objects_of_the_component(
    helm: Program, kubectl: Program, name: str, tmp_path: Path
) -> None:
    shutil.copytree(MANIFESTS, tmp_path / "manifests")
    body = {"resources": ["../manifests/overlays/default"], "components": [f"../manifests/components/{name}"]}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kustomization.yaml").write_text(yaml.safe_dump(body))
    manifests = comparable(kubectl.objects("kustomize", str(tmp_path / "mine")))
    value, count = COMPONENTS[name]
    assert comparable(template(helm, "--set", value)) == manifests
    assert len(manifests) == len(comparable(overlay(kubectl, "default"))) + count


def test_every_component_of_the_operator_is_compared() -> None:
    of_sweeps = "sweeps"  # changes names in sweeps and adds no object
    folders = {path.parent.name for path in (MANIFESTS / "components").glob("*/kustomization.yaml")}
    assert folders - {of_sweeps} == set(COMPONENTS)


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_overlay_names_every_namespaced_object_its_namespace(kubectl: Program, name: str) -> None:
    cluster_wide = {"ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "Namespace"} | {
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    }
    for item in overlay(kubectl, name):
        assert ("namespace" in item["metadata"]) == (item["kind"] not in cluster_wide), item["metadata"]["name"]


def test_the_namespaced_overlay_gives_no_rights_elsewhere(kubectl: Program) -> None:
    objects = overlay(kubectl, "namespaced")
    assert not [item for item in objects if item["kind"] == "ClusterRoleBinding"]
    roles = [item["metadata"] for item in objects if item["kind"] in {"Role", "RoleBinding"}]
    assert {role["namespace"] for role in roles} == {_watched_namespace()}


def test_the_operators_namespace_enforces_restricted_pods(kubectl: Program) -> None:
    (namespace,) = (item for item in overlay(kubectl, "default") if item["kind"] == "Namespace")
    assert namespace["metadata"]["name"] == NAMESPACE
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


class TestTheOperatorsPod:
    """What the restricted Pod Security level asks for, and what one operator at a time needs."""

    @pytest.fixture
    def deployment(self, kubectl: Program) -> Json:
        (found,) = (item for item in overlay(kubectl, "default") if item["kind"] == "Deployment")
        return dict(found["spec"])

    def test_it_has_no_rights_on_its_node(self, deployment: Json) -> None:
        pod = deployment["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == 65532
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }

    def test_there_is_never_a_second_one(self, deployment: Json) -> None:
        assert deployment["replicas"] == 1
        assert deployment["strategy"] == {"type": "Recreate"}

    def test_its_probes_and_its_service_use_the_port_by_name(self, deployment: Json, kubectl: Program) -> None:
        (container,) = deployment["template"]["spec"]["containers"]
        (service,) = (item for item in overlay(kubectl, "default") if item["kind"] == "Service")
        names = {port["name"] for port in container["ports"]}
        assert {container[probe]["httpGet"]["port"] for probe in ("livenessProbe", "readinessProbe")} <= names
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= names
        assert service["spec"]["selector"].items() <= deployment["template"]["metadata"]["labels"].items()

    def test_no_variable_of_a_service_lands_among_its_settings(self, deployment: Json) -> None:
        assert deployment["template"]["spec"]["enableServiceLinks"] is False
