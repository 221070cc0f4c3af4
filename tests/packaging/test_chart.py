"""The chart by itself: linted, strict about its values, whole when packaged, and careful with the CRD."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from hposweep.settings import Settings
from tests.packaging.chart import NAMESPACE, template, template_arguments
from tests.packaging.checkout import CHART, CRD, ROOT
from tests.packaging.program import Program

WRONG_VALUES = {
    "image.tga=1": "tga",
    "image.pullPolicy=Sometimes": "pullPolicy",
    "image.tag=a b": "tag",
    "replicas=2": "replicas",
    "watchNamespaces=vision": "watchNamespaces",
    "watchNamespaces={Vision}": "watchNamespaces",
    "crds.enabled=maybe": "enabled",
    "env.POLL=3": "POLL",
    "env.HPOSWEEP_WATCH_NAMESPACES=a": "HPOSWEEP_WATCH_NAMESPACES",
    "gpuWeights.acme=many": "acme",
    "gpuWeights.acme=-1": "acme",
    "env.HPOSWEEP_GPU_WEIGHTS=a": "HPOSWEEP_GPU_WEIGHTS",
    "resources.cpu=1": "cpu",
    "tolerations=all": "tolerations",
    "imagePullSecrets={a}": "imagePullSecrets",
}


def test_lint_has_nothing_to_say(helm: Program) -> None:
    said = helm("lint", str(CHART), "--strict")
    assert "[WARNING]" not in said
    assert "[ERROR]" not in said


@pytest.mark.parametrize("value", WRONG_VALUES)
def test_a_wrong_value_is_refused_by_its_name(helm: Program, value: str) -> None:
    said = helm.refusal(*template_arguments("--set", value))
    assert "values don't meet the specifications of the schema" in said
    assert WRONG_VALUES[value] in said


def test_every_value_is_in_the_schema_and_the_other_way_round() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    properties = json.loads((CHART / "values.schema.json").read_text())["properties"]
    assert set(values) == set(properties) - {"global"}
    for name, value in values.items():
        nested = properties[name].get("properties")
        if nested is not None:
            assert set(value) == set(nested), name


def test_every_value_is_explained_above_it() -> None:
    lines = (CHART / "values.yaml").read_text().splitlines()
    settings = [n for n, line in enumerate(lines) if ":" in line and not line.strip().startswith("#")]
    inside_resources = range(lines.index("resources:") + 1, lines.index("nodeSelector: {}"))
    for n in (n for n in settings if n not in inside_resources):
        explained = lines[n - 1].strip().startswith("#")
        block_whose_settings_are_explained = lines[n].endswith(":") and lines[n + 1].strip().startswith("#")
        assert explained or block_whose_settings_are_explained, lines[n]


def test_values_reach_the_pod(helm: Program) -> None:
    values = ("image.repository=registry:5000/op", "image.tag=abc", "env.HPOSWEEP_LOG_LEVEL=debug", "env.HPOSWEEP_N=3")
    pools = ("nodeSelector.pool=system", "tolerations[0].operator=Exists", "imagePullSecrets[0].name=pull")
    objects = template(helm, *(word for value in (*values, *pools) for word in ("--set", value)))
    (pod,) = (item["spec"]["template"]["spec"] for item in objects if item["kind"] == "Deployment")
    (container,) = pod["containers"]
    assert container["image"] == "registry:5000/op:abc"
    assert {"name": "HPOSWEEP_LOG_LEVEL", "value": "debug"} in container["env"]
    assert {"name": "HPOSWEEP_N", "value": "3"} in container["env"]
    assert pod["nodeSelector"] == {"pool": "system"}
    assert pod["tolerations"] == [{"operator": "Exists"}]
    assert pod["imagePullSecrets"] == [{"name": "pull"}]


def test_weights_of_gpus_reach_the_pod_as_the_operator_reads_them(helm: Program) -> None:
    objects = template(helm, "--set-json", 'gpuWeights={"acme.com/npu":1,"nvidia.com/gpu.shared":0.25}')
    (pod,) = (item["spec"]["template"]["spec"] for item in objects if item["kind"] == "Deployment")
    environment = {entry["name"]: entry["value"] for entry in pod["containers"][0]["env"]}
    weights = Settings.from_environment(environment).gpu_weights
    assert [weights.of(name) for name in ("acme.com/npu", "nvidia.com/gpu.shared")] == [1, 0.25]


def test_the_command_of_the_documentation_works_and_so_does_a_tag_of_digits_alone(helm: Program) -> None:
    """`--set` takes such a tag for a number, and a few of a thousand hashes look like one."""
    page = (ROOT / "docs" / "how-to" / "install.md").read_text()
    (line,) = [line for line in page.splitlines() if line.startswith("helm install ")]
    told = line.split(" hposweep-system ", 1)[1]
    for words in (told, told.replace("image.tag=1", "image.tag=931307676838")):
        objects = template(helm, *words.split())
        (pod,) = (item["spec"]["template"]["spec"] for item in objects if item["kind"] == "Deployment")
        assert pod["containers"][0]["image"].endswith(words.rpartition("=")[2])


def test_each_watched_namespace_gets_a_role_and_a_binding(helm: Program) -> None:
    objects = template(helm, "--set", "watchNamespaces={a,b}")
    places = [(item["kind"], item["metadata"]["namespace"]) for item in objects if item["kind"].startswith("Role")]
    assert sorted(places) == [("Role", "a"), ("Role", "b"), ("RoleBinding", "a"), ("RoleBinding", "b")]
    (pod,) = (item["spec"]["template"]["spec"] for item in objects if item["kind"] == "Deployment")
    assert {"name": "HPOSWEEP_WATCH_NAMESPACES", "value": "a,b"} in pod["containers"][0]["env"]


class TestTheCrd:
    """An uninstall must not take every sweep of the cluster with it."""

    @staticmethod
    def crds(helm: Program, *arguments: str) -> list[dict[str, Any]]:
        return [item for item in template(helm, *arguments) if item["kind"] == "CustomResourceDefinition"]

    def test_it_is_kept_on_uninstall(self, helm: Program) -> None:
        (crd,) = self.crds(helm)
        assert crd["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}

    def test_it_goes_when_asked_to(self, helm: Program) -> None:
        (crd,) = self.crds(helm, "--set", "crds.keep=false")
        assert "annotations" not in crd["metadata"]

    def test_it_is_left_out_when_asked_to(self, helm: Program) -> None:
        assert self.crds(helm, "--set", "crds.enabled=false") == []


def test_a_packaged_chart_carries_the_manifests_own_files(helm: Program, tmp_path: Path) -> None:
    helm("package", str(CHART), "--destination", str(tmp_path))
    (archive,) = tmp_path.glob("hposweep-*.tgz")
    with tarfile.open(archive) as package:
        member = package.extractfile("hposweep/manifests/crd/hposweeps.hposweep.dev.yaml")
        assert member is not None
        assert member.read() == CRD.read_bytes()
    packaged = helm.objects("template", "hposweep", str(archive), "--namespace", NAMESPACE)
    assert packaged == template(helm)


def test_the_notes_delete_sweeps_before_the_operator() -> None:
    notes = (CHART / "templates" / "NOTES.txt").read_text()
    order = ["delete hposweeps --all", "helm uninstall", "delete crd hposweeps.hposweep.dev"]
    places = [notes.index(step) for step in order]
    assert places == sorted(places)
