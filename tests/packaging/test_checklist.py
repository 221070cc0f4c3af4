"""`docs/checklist.md` names what the product has, and nothing that it lacks; its example sets the fields it names."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import yaml

from demo.checklist.evidence import Evidence
from demo.checklist.look_up import look_up
from demo.checklist.page import NO, NOT_HERE, NOT_YET, PAGE, PART, YES, Line, Reference, read_page
from hposweep.api import conditions
from hposweep.api.record import RecordKind
from hposweep.cli import VERBS
from hposweep.cli.validate.findings import findings
from hposweep.cluster.local.documents import parsed, read
from hposweep.judge.criteria.registry import KINDS as CRITERIA
from hposweep.judge.health.rules import RULES
from hposweep.telemetry.catalog import DEFINITIONS
from hpotrial.preflight.registry import KINDS as CHECKS
from tests.packaging.checkout import CRD, MANIFESTS, ROOT, source_files
from tests.packaging.program import Program
from tests.packaging.test_tables import TYPES

TEXT = (ROOT / PAGE).read_text()
LINES = read_page(TEXT)
EXAMPLE = ROOT / "examples" / "checklist-fixed"
(VERSION,) = yaml.load(CRD.read_text(), yaml.CSafeLoader)["spec"]["versions"]
REASONS = {value for name, value in vars(conditions).items() if name.isupper() and isinstance(value, str)}
TIERS = read(EXAMPLE / "sweep.yaml").sweep["spec"]["success"]
NAMES = {
    "check": {kind.name for kind in CHECKS},
    "criterion": {f"{tier}.{name}" for tier in TIERS for name in ("anyOf", *(kind.name for kind in CRITERIA))},
    "history": set(RecordKind),
    "metric": set(DEFINITIONS),
    "alert": set(re.findall(r"alert: (\w+)", (MANIFESTS / "base" / "alerts" / "rules.yaml").read_text())),
    "file": {str(path) for path in source_files()},
    "verb": {f"hposweep {module.__name__.rpartition('.')[2]}" for module in VERBS}
    | {f"make {target}" for target in re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)}
    | {"kubectl get hposweeps", "kubectl logs"},
}


def has_path(schema: dict[str, Any], steps: list[str]) -> bool:
    """Return whether the schema of the resource has a path; a step is a name, `[]` or `<name>`."""
    for step in steps:
        if step == "[]":
            schema = schema.get("items", {})
        elif step == "<name>":
            schema = schema.get("additionalProperties", {})
        else:
            schema = schema.get("properties", {}).get(step, {})
    return bool(schema)


def has_condition(name: str) -> bool:
    kind, _, reason = name.replace("/", "=").partition("=")
    is_tier = re.fullmatch(r"(Minimum|Full|Exceptional)Success", kind) is not None
    return (kind in TYPES or is_tier) and reason in {"", *REASONS, *(rule.reason for rule in RULES)}


def exists(reference: Reference) -> bool:
    """Return whether the product has what a line names."""
    if reference.kind in ("field", "status"):
        root = "spec." if reference.kind == "field" else "status."
        steps = reference.name.replace("[]", ".[]").split(".")
        return reference.name.startswith(root) and has_path(VERSION["schema"]["openAPIV3Schema"], steps)
    if reference.kind == "condition":
        return has_condition(reference.name)
    has_part = reference.kind in ("check", "criterion")
    return (reference.name.partition(":")[0] if has_part else reference.name) in NAMES[reference.kind]


@pytest.mark.parametrize(
    ("name", "is_there"),
    [
        ("field spec.success.<name>[].bestValue.lessThan", True),
        ("field spec.success.<name>.bestValue", False),
        ("field status.trials", False),
        ("condition Healthy/SlowTrials", True),
        ("condition Healthy/Tired", False),
        ("condition Happy", False),
        ("metric hposweep_trials_total", False),
        ("check path:labels.json", True),
        ("criterion full.clearTrend", True),
        ("criterion clearTrend", False),
        ("verb hposweep launch", False),
        ("file examples/nothing.yaml", False),
    ],
)
def test_what_exists_is_told_from_what_does_not(name: str, is_there: bool) -> None:
    assert exists(Reference(*name.split(" ", 1))) is is_there


def test_the_page_has_the_92_lines_in_order() -> None:
    assert [line.number for line in LINES] == list(range(1, 93))


@pytest.mark.parametrize("line", [line for line in LINES if line.state != NOT_YET], ids=lambda line: str(line.number))
def test_what_a_line_names_exists(line: Line) -> None:
    assert [str(reference) for reference in line.references if not exists(reference)] == []


def test_a_line_that_is_not_there_yet_names_something_that_does_not_exist() -> None:
    """When it exists, the line's state is no longer true: change it to `yes` or `part`."""
    untrue = [line.number for line in LINES if line.state == NOT_YET and (not line.reason or not _is_missing(line))]
    assert untrue == []


def _is_missing(line: Line) -> bool:
    return any(not exists(reference) for reference in line.references)


def test_each_line_says_where_it_is_or_why_it_is_not() -> None:
    silent = [
        line.number
        for line in LINES
        if (line.state in (YES, PART, NOT_HERE) and not line.references) or (line.state in (PART, NO) and not line.note)
    ]
    assert silent == []


def test_the_count_on_the_page_is_that_of_its_lines() -> None:
    count = Counter(line.state for line in LINES)
    numbers = [len(LINES), count[YES], count[PART], count[NOT_HERE], count[NOT_YET], count[NO]]
    (sentence,) = re.findall(r"^Of the .*$", TEXT, re.MULTILINE)
    assert [int(number) for number in re.findall(r"\d+", sentence)] == numbers


def test_the_example_sets_every_field_that_a_line_names() -> None:
    evidence = Evidence("", "", bodies=[read(EXAMPLE / "sweep.yaml").sweep])
    fields = [
        reference for line in LINES if line.is_shown for reference in line.references if reference.kind == "field"
    ]
    assert len(fields) > 20
    assert [str(reference) for reference in fields if look_up(reference, evidence) is None] == []


def test_the_readme_of_the_example_names_each_contradiction_of_the_other_one() -> None:
    pattern = re.compile(r"`([A-Z][A-Za-z]+)`")
    other = set(pattern.findall((ROOT / "examples" / "checklist" / "README.md").read_text()))
    assert set(pattern.findall((EXAMPLE / "README.md").read_text())) == other


def test_the_example_is_one_command_on_a_cluster_and_its_image_is_named_everywhere(kubectl: Program) -> None:
    objects = {item["kind"]: item for item in kubectl.objects("kustomize", str(EXAMPLE))}
    pod = objects["HPOSweep"]["spec"]["workers"]["template"]["spec"]
    assert [entry["image"] for entry in (*pod["initContainers"], *pod["containers"])] == ["hposweep-trial:latest"] * 2
    (volume,) = (entry["configMap"]["name"] for entry in pod["volumes"] if "configMap" in entry)
    assert objects["HPOSweep"]["spec"]["objective"]["sourceRef"]["configMap"]["name"] == volume
    assert objects["ConfigMap"]["metadata"]["name"] == volume
    assert set(objects["ConfigMap"]["data"]) == {path.name for path in EXAMPLE.glob("*.py")}


def test_with_a_gpu_the_sweep_has_the_field_that_the_other_cannot_show(kubectl: Program) -> None:
    rendered = parsed("kustomize", kubectl("kustomize", str(EXAMPLE.with_name("checklist-gpu"))))
    (sweep,) = (item for item in rendered if item["kind"] == "HPOSweep")
    assert findings(sweep) == ()
    evidence = Evidence("", "", bodies=[sweep])
    (line,) = (line for line in LINES if line.reason == "a GPU")
    (named,) = (reference for reference in line.references if reference.kind == "field")
    assert look_up(named, evidence) is not None
    init, trial = (sweep["spec"]["workers"]["template"]["spec"][name][0] for name in ("initContainers", "containers"))
    assert "nvidia.com/gpu" in trial["resources"]["limits"]
    assert "nvidia.com/gpu" not in init["resources"]["limits"]
