"""The examples are sweeps that an API server takes, on a cluster and without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from hposweep.cluster.local.documents import read
from hposweep.judge.validation import faults
from hposweep.schema.check import check
from tests.packaging.checkout import ROOT, source_files
from tests.packaging.program import Program
from tests.unit import world

SWEEPS = [
    path
    for path in source_files(".yaml")
    if path.parts[0] == "examples" and "kind: HPOSweep" in (ROOT / path).read_text()
]
SWEEPS = [path for path in SWEEPS if path.name not in ("images.yaml", "kustomization.yaml")]
SWEEPS.remove(Path("examples/checklist/sweep.yaml"))  # it is there to be refused: test_validate


def test_there_are_examples() -> None:
    assert Path("examples/quadratic/sweep.yaml") in SWEEPS


@pytest.mark.parametrize("path", SWEEPS, ids=str)
def test_an_example_has_no_fault(path: Path) -> None:
    documents = read(ROOT / path)
    assert check({**documents.sweep}).faults == ()
    assert faults(world.sweep(**documents.sweep["spec"]).spec) == ()


@pytest.mark.parametrize("path", SWEEPS, ids=str)
def test_an_example_brings_its_code_in_the_folder_of_its_file(path: Path) -> None:
    spec = read(ROOT / path).sweep["spec"]
    if "python" in spec["objective"]:
        module = spec["objective"]["python"].partition(":")[0]
        assert (ROOT / path).with_name(f"{module}.py").exists()


def test_the_first_example_is_one_command_on_a_cluster_too(kubectl: Program) -> None:
    objects = kubectl.objects("kustomize", str(ROOT / "examples/quadratic"))
    by_kind = {item["kind"]: item for item in objects}
    assert set(by_kind) == {"HPOSweep", "ConfigMap"}
    source = by_kind["HPOSweep"]["spec"]["objective"]["sourceRef"]["configMap"]["name"]
    assert by_kind["ConfigMap"]["metadata"]["name"] == source
    assert by_kind["ConfigMap"]["data"]["quadratic.py"] == (ROOT / "examples/quadratic/quadratic.py").read_text()
    assert check(by_kind["HPOSweep"]).faults == ()
