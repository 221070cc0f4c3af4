"""kube-score finds nothing in the chart and the manifests but what is accepted here, each with its reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster import binaries, layout
from tests.packaging.chart import KUBE_VERSION, overlay, template_arguments
from tests.packaging.checkout import MANIFESTS, OVERLAYS, ROOT
from tests.packaging.program import Program

Json = dict[str, Any]
Finding = tuple[str, str]  # kind and name of an object, and kube-score's name of a check

OPERATOR, DASHBOARD = "Deployment/hposweep-operator", "Deployment/hposweep-optuna-dashboard"
CHECK_OF_HELM = "Pod/hposweep-test"
PASSED = 10  # kube-score's grade

_CPU_LIMIT = "a limit would slow it down beside an idle processor; the request is its share of a busy one"
_PULL_POLICY = "the tag names a version and `image.digest` a content, so that a pulled image is the right one"
ACCEPTED: dict[Finding, str] = {
    (OPERATOR, "deployment-replicas"): "two operators would write the same sweeps",
    (OPERATOR, "deployment-strategy"): "the same: the old one ends before the new one starts",
    (OPERATOR, "pod-networkpolicy"): "it connects to databases and webhooks that the chart cannot know",
    (OPERATOR, "container-resources"): _CPU_LIMIT,
    (OPERATOR, "container-image-pull-policy"): _PULL_POLICY,
    (DASHBOARD, "deployment-replicas"): "a page for a few people; nothing depends on it",
    (DASHBOARD, "pod-networkpolicy"): "no pod may connect to it; it connects to a database that the chart cannot know",
    (DASHBOARD, "container-resources"): _CPU_LIMIT,
    (DASHBOARD, "container-image-pull-policy"): _PULL_POLICY,
    (CHECK_OF_HELM, "pod-networkpolicy"): "lives for seconds and listens to nothing",
    (CHECK_OF_HELM, "container-resources"): _CPU_LIMIT,
    (CHECK_OF_HELM, "container-image-pull-policy"): _PULL_POLICY,
}
OPTIONS = "podDisruptionBudget.enabled=true,optunaDashboard.enabled=true,optunaDashboard.storage.secret=optuna-db"


@pytest.fixture(scope="module")
def kube_score() -> Program:
    path = binaries.locate(layout.of(ROOT).cache)["kube-score"]
    if not path.exists():
        pytest.skip("kube-score is not built (`python3 -m tests.cluster kube-score` builds it)")
    return Program(str(path))


def _findings(kube_score: Program, objects: list[Json], folder: Path) -> set[Finding]:
    """Return what kube-score does not accept in these objects."""
    file = folder / "objects.yaml"
    file.write_text(yaml.safe_dump_all(objects))
    options = ("--kubernetes-version", f"v{KUBE_VERSION}", "--output-format", "json", "--exit-one-on-warning")
    results = json.loads(kube_score.output("score", *options, str(file)))
    assert {result["object_name"].partition("/")[0] for result in results} >= {"Deployment", "Service"}
    return {
        (f"{result['type_meta']['kind']}/{result['object_meta']['name']}", check["check"]["id"])
        for result in results
        for check in result["checks"]
        if not check["skipped"] and check["grade"] < PASSED
    }


def test_the_chart_has_accepted_findings_only(helm: Program, kube_score: Program, tmp_path: Path) -> None:
    objects = helm.objects(*template_arguments("--set", OPTIONS))
    assert _findings(kube_score, objects, tmp_path) == ACCEPTED.keys()


def test_the_manifests_have_accepted_findings_only(kubectl: Program, kube_score: Program, tmp_path: Path) -> None:
    shutil.copytree(MANIFESTS, tmp_path / "manifests")
    mine = tmp_path / "mine"
    mine.mkdir()
    components = [f"../manifests/components/{name}" for name in ("pod-disruption-budget", "optuna-dashboard")]
    body = {"resources": ["../manifests/overlays/default"], "components": components}
    (mine / "kustomization.yaml").write_text(yaml.safe_dump(body))
    findings = _findings(kube_score, kubectl.objects("kustomize", str(mine)), tmp_path)
    assert findings == {finding for finding in ACCEPTED if finding[0] != CHECK_OF_HELM}  # only Helm has it


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_overlay_has_accepted_findings_only(
    kubectl: Program, kube_score: Program, name: str, tmp_path: Path
) -> None:
    findings = _findings(kube_score, overlay(kubectl, name), tmp_path)
    assert findings == {finding for finding in ACCEPTED if finding[0] == OPERATOR}


def test_a_fault_is_found(kube_score: Program, kubectl: Program, tmp_path: Path) -> None:
    objects = overlay(kubectl, OVERLAYS[0])
    (deployment,) = (item for item in objects if item["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    del container["securityContext"]["readOnlyRootFilesystem"]
    fault = (OPERATOR, "container-security-context-readonlyrootfilesystem")
    assert fault in _findings(kube_score, objects, tmp_path)
