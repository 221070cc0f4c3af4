"""The chart as a whole: linted, complete when packaged, careful with the CRD, installed by the documented command."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path
from typing import Any

import yaml

from tests.packaging.chart import KUBE_VERSION, pod_of, template, template_arguments
from tests.packaging.checkout import CHART, CRD, ROOT
from tests.packaging.program import Program

Json = dict[str, Any]


def test_lint_reports_nothing(helm: Program) -> None:
    output = helm("lint", str(CHART), "--strict")
    assert "[WARNING]" not in output
    assert "[ERROR]" not in output


def test_an_older_kubernetes_is_refused(helm: Program) -> None:
    (row,) = (line for line in (ROOT / "docs/reference/versions.md").read_text().splitlines() if "| oldest " in line)
    oldest = row.split("|")[2].strip()
    major, minor = oldest.split(".")
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["kubeVersion"] == f">={oldest}.0-0"
    message = helm.refusal(*template_arguments("--kube-version", f"{major}.{int(minor) - 1}"))
    assert "chart requires kubeVersion" in message
    helm(*template_arguments("--kube-version", f"{oldest}.3-vendor.7"))


def test_the_command_of_the_documentation_works_with_a_tag_of_digits(helm: Program) -> None:
    """`--set` takes such a tag for a number, and a few of a thousand hashes look like one."""
    page = (ROOT / "docs" / "how-to" / "install.md").read_text()
    (line,) = [line for line in page.splitlines() if line.startswith("helm install hposweep helm ")]
    arguments = line.split(" hposweep-system ", 1)[1]
    for words in (arguments, arguments.replace("image.tag=1", "image.tag=931307676838")):
        (container,) = pod_of(template(helm, *words.split()))["spec"]["containers"]
        assert container["image"].endswith(words.rpartition("=")[2])


def test_the_values_of_the_guide_are_accepted(helm: Program, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "install.md").read_text()
    blocks = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        (tmp_path / "values.yaml").write_text(block)
        assert template(helm, "--values", str(tmp_path / "values.yaml")) != template(helm)


class TestTheReach:
    """One ClusterRole, or a Role in each namespace and nothing cluster-wide for the operator."""

    NAMESPACED = ("--set", "scope=Namespaced", "--set", "watchNamespaces={a,b}")

    def test_each_watched_namespace_gets_a_role_and_a_binding(self, helm: Program) -> None:
        objects = template(helm, *self.NAMESPACED)
        places = [(item["kind"], item["metadata"]["namespace"]) for item in objects if item["kind"].startswith("Role")]
        assert sorted(places) == [("Role", "a"), ("Role", "b"), ("RoleBinding", "a"), ("RoleBinding", "b")]
        (container,) = pod_of(objects)["spec"]["containers"]
        assert {"name": "HPOSWEEP_WATCH_NAMESPACES", "value": "a,b"} in container["env"]

    def test_a_tenant_installs_nothing_cluster_wide(self, helm: Program) -> None:
        disabled = (
            *("crds.enabled=false", "userRoles.create=false"),
            *("approvalPolicy.enabled=false", "jobsPolicy.enabled=false"),
        )
        without = [word for value in disabled for word in ("--set", value)]
        objects = template(helm, *self.NAMESPACED, *without)
        assert {item["kind"] for item in objects if "namespace" not in item["metadata"]} == set()

    def test_the_permissions_in_a_namespace_are_the_same_in_both(self, helm: Program) -> None:
        (cluster,) = (item for item in template(helm) if item["kind"] == "ClusterRole" and _is_operator(item))
        roles = [item for item in template(helm, *self.NAMESPACED) if item["kind"] == "Role"]
        # A Role grants nothing outside of its namespace, such as `kube-system`.
        in_a_namespace = [rule for rule in cluster["rules"] if "namespaces" not in rule["resources"]]
        assert len(in_a_namespace) == len(cluster["rules"]) - 1
        assert [role["rules"] for role in roles] == [in_a_namespace] * 2

    def test_a_platform_may_write_the_permissions_itself(self, helm: Program) -> None:
        objects = template(helm, "--set", "rbac.create=false", "--set", "serviceAccount.create=false")
        kinds = {item["kind"] for item in objects if _is_operator(item)}
        assert kinds == {"Deployment", "Service"}


def _is_operator(item: Json) -> bool:
    return bool(item["metadata"]["name"] == "hposweep-operator")


class TestTheCrd:
    """An uninstall must not take every sweep of the cluster with it."""

    @staticmethod
    def crds(helm: Program, *arguments: str) -> list[Json]:
        return [item for item in template(helm, *arguments) if item["kind"] == "CustomResourceDefinition"]

    def test_it_is_kept_on_uninstall(self, helm: Program) -> None:
        (crd,) = self.crds(helm)
        assert crd["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}

    def test_it_is_deleted_when_a_value_says_so(self, helm: Program) -> None:
        (crd,) = self.crds(helm, "--set", "crds.keep=false")
        assert "annotations" not in crd["metadata"]

    def test_it_is_left_out_when_a_value_says_so(self, helm: Program) -> None:
        assert self.crds(helm, "--set", "crds.enabled=false") == []


def test_a_packaged_chart_has_the_files_of_the_manifests(helm: Program, tmp_path: Path) -> None:
    helm("package", str(CHART), "--destination", str(tmp_path))
    (archive,) = tmp_path.glob("hposweep-*.tgz")
    with tarfile.open(archive) as package:
        member = package.extractfile("hposweep/manifests/crd/hposweeps.hposweep.dev.yaml")
        assert member is not None
        assert member.read() == CRD.read_bytes()
        names = set(package.getnames())
    assert "hposweep/README.md" in names
    assert not [name for name in names if name.endswith("generate.py")]
    installed = helm("template", "hposweep", str(archive), "--kube-version", KUBE_VERSION)
    assert installed == helm("template", "hposweep", str(CHART), "--kube-version", KUBE_VERSION)


def test_the_notes_delete_sweeps_before_the_operator() -> None:
    notes = (CHART / "templates" / "NOTES.txt").read_text()
    order = ["delete hposweeps --all", "helm uninstall", "delete crd hposweeps.hposweep.dev"]
    places = [notes.index(step) for step in order]
    assert places == sorted(places)
