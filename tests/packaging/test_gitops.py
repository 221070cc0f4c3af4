"""The guide to GitOps: its kustomization renders a sweep whose names are right, and its conditions tell both ends."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hposweep.api.wire import to_wire
from hposweep.cli.validate.findings import findings
from hposweep.schema.engine import compile as compile_cel
from tests.packaging.checkout import CRD, MANIFESTS, ROOT
from tests.packaging.program import Program
from tests.unit import world
from tests.unit.report.reading import told

Json = dict[str, Any]

GUIDE = (ROOT / "docs" / "how-to" / "gitops.md").read_text()
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)]
COMPONENT = Path("manifests/components/sweeps")


def _block(kind: str) -> Json:
    (block,) = (block for block in BLOCKS if block.get("kind") == kind)
    return dict(block)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a sweep as the guide shows it, with a sweep of the examples and its code."""
    folder = tmp_path / "sweeps" / "digits-v4"
    folder.mkdir(parents=True)
    shutil.copytree(MANIFESTS / "components" / "sweeps", tmp_path / COMPONENT)
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(_block("Kustomization")))
    sweep = yaml.safe_load((ROOT / "examples" / "quadratic" / "sweep.yaml").read_text())
    sweep["metadata"]["name"] = "digits-v4"
    sweep["spec"]["objective"]["sourceRef"]["configMap"]["name"] = "digits-v4-code"
    (folder / "sweep.yaml").write_text(yaml.safe_dump(sweep))
    (folder / "train.py").write_text("first")
    return folder


def _rendered(kubectl: Program, folder: Path) -> tuple[Json, Json]:
    objects = {item["kind"]: item for item in kubectl.objects("kustomize", str(folder))}
    return objects["HPOSweep"], objects["ConfigMap"]


def test_the_sweep_names_the_image_and_the_code_of_the_kustomization(kubectl: Program, folder: Path) -> None:
    sweep, code = _rendered(kubectl, folder)
    (container,) = sweep["spec"]["workers"]["template"]["spec"]["containers"]
    (image,) = _block("Kustomization")["images"]
    assert container["image"] == f"{image['newName']}@{image['digest']}"
    assert re.fullmatch(r"digits-v4-code-[a-z0-9]{10}", code["metadata"]["name"])
    assert sweep["spec"]["objective"]["sourceRef"]["configMap"]["name"] == code["metadata"]["name"]
    assert sweep["metadata"]["namespace"] == code["metadata"]["namespace"] == "vision"
    assert [finding.message for finding in findings(sweep) if finding.severity.value == "Error"] == []


def test_other_code_is_another_reference_which_the_api_server_refuses(kubectl: Program, folder: Path) -> None:
    before, _ = _rendered(kubectl, folder)
    (folder / "train.py").write_text("second")
    after, _ = _rendered(kubectl, folder)
    assert before["spec"]["objective"]["sourceRef"] != after["spec"]["objective"]["sourceRef"]
    assert (
        "- `spec.objective.sourceRef`\n" in (ROOT / "docs/reference/hposweep.md").read_text().split("## Immutable")[1]
    )


def test_a_generated_secret_is_the_one_of_the_sweep(kubectl: Program, folder: Path) -> None:
    kustomization = _block("Kustomization") | {"secretGenerator": [{"name": "optuna-db", "literals": ["uri=x"]}]}
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    sweep = yaml.safe_load((folder / "sweep.yaml").read_text())
    sweep["spec"]["study"]["storage"] = {"secretRef": {"name": "optuna-db"}}
    (folder / "sweep.yaml").write_text(yaml.safe_dump(sweep))
    objects = {item["kind"]: item for item in kubectl.objects("kustomize", str(folder))}
    name = objects["HPOSweep"]["spec"]["study"]["storage"]["secretRef"]["name"]
    assert name == objects["Secret"]["metadata"]["name"] != "optuna-db"


def test_the_component_knows_each_field_that_names_a_secret_or_a_config_map() -> None:
    """Those of the resource itself: the pod template has no schema."""
    (version,) = yaml.safe_load(CRD.read_text())["spec"]["versions"]
    fields = yaml.safe_load((ROOT / COMPONENT / "fields.yaml").read_text())["nameReference"]
    paths_by_kind = {kind["kind"]: {entry["path"] for entry in kind["fieldSpecs"]} for kind in fields}
    named = set(_references(version["schema"]["openAPIV3Schema"]["properties"]["spec"], "spec"))
    assert len(named) >= 5
    assert {kind: paths - paths_by_kind[kind] for kind, paths in _by_kind(named).items()} == {
        "Secret": set(),
        "ConfigMap": set(),
    }


def _references(node: Json, path: str) -> Iterator[tuple[str, str]]:
    """Yield kind and path of each reference under a node of the schema; a path passes through lists."""
    for name, child in node.get("properties", {}).items():
        kind = {"secretRef": "Secret", "secret": "Secret", "configMap": "ConfigMap"}.get(name)
        if kind is not None and "name" in child.get("properties", {}):
            yield kind, f"{path}/{name}/name"
        yield from _references(child, f"{path}/{name}")
    for below in (node.get("items"), node.get("additionalProperties")):
        if isinstance(below, dict):
            yield from _references(below, path)


def _by_kind(pairs: set[tuple[str, str]]) -> dict[str, set[str]]:
    return {kind: {path for each, path in pairs if each == kind} for kind, _ in pairs}


def test_the_pod_template_gets_the_generated_names(kubectl: Program, folder: Path) -> None:
    sweep = yaml.safe_load((folder / "sweep.yaml").read_text())
    pod = sweep["spec"]["workers"]["template"]["spec"]
    source = [{"secretRef": {"name": "token"}}, {"configMapRef": {"name": "settings"}}]
    pod["initContainers"] = [{"name": "fetch", "image": "busybox", "envFrom": source}]
    pod["containers"][0]["envFrom"] = source
    sources = [{"secret": {"name": "token"}}, {"configMap": {"name": "settings"}}]
    pod["volumes"] = [{"name": "both", "projected": {"sources": sources}}]
    sweep["spec"]["notify"] = [{"secretRef": {"name": "token", "key": "url"}, "events": ["Ended"]}]
    (folder / "sweep.yaml").write_text(yaml.safe_dump(sweep))
    body = _block("Kustomization")
    body["configMapGenerator"].append({"name": "settings", "literals": ["a=b"]})
    body["secretGenerator"] = [{"name": "token", "literals": ["url=json://a.example"]}]
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(body))
    objects = kubectl.objects("kustomize", str(folder))
    generated = {item["metadata"]["name"] for item in objects if item["kind"] in {"Secret", "ConfigMap"}}
    (rendered,) = (item for item in objects if item["kind"] == "HPOSweep")
    text = yaml.safe_dump(rendered)
    for name in ("token", "settings"):
        (hashed,) = (each for each in generated if each.startswith(f"{name}-"))
        uses = len(re.findall(rf"name: {name}(-\w+)?$", text, re.MULTILINE))
        assert text.count(f"name: {hashed}") == uses == {"token": 4, "settings": 3}[name]


@pytest.mark.parametrize("example", sorted(path.parent for path in (ROOT / "examples").rglob("images.yaml")))
def test_the_component_knows_the_images_that_the_examples_know(example: Path) -> None:
    fields = yaml.safe_load((ROOT / COMPONENT / "fields.yaml").read_text())
    assert yaml.safe_load((example / "images.yaml").read_text())["images"][0] in fields["images"]


def test_the_conditions_of_flux_tell_both_ends() -> None:
    ((expressions,),) = (block["healthCheckExprs"] for block in BLOCKS if "healthCheckExprs" in block)
    sweep = world.sweep()
    ended = {"jobs": (world.job(is_complete=True),)}
    statuses = {
        "running": told(sweep, world.seen(world.study(sweep, complete=3), jobs=(world.job(),), pods=(world.pod(),))),
        "current": told(sweep, world.seen(world.study(sweep, best=0.4, complete=10), **ended)),
        "failed": told(sweep, world.seen(world.study(sweep, failed=10), **ended)),
    }
    for name, status in statuses.items():
        context = {"status": to_wire(status)}
        true = {word for word in ("current", "failed") if compile_cel(expressions[word]).execute(context)}
        assert true == {name} - {"running"}
