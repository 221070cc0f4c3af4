"""Faults of a spec that the schema cannot see: each is found, named, and says what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.gpu_weights import GpuWeights
from hposweep.judge.gpus import gpus_of
from hposweep.judge.linter import findings
from hposweep.judge.validation import MUTABLE, as_faults, faults
from hposweep.schema.crd import schema
from tests import builders as b
from tests.unit import world


def sampler(name: str, **options: Any) -> dict[str, Any]:
    return b.study(sampler={"name": name, "options": options})


CASES = {
    "unknown sampler": ({"study": sampler("TPESample")}, "TPESample", "TPESampler"),
    "unknown sampler option": ({"study": sampler("TPESampler", n_startup=3)}, "n_startup", "n_startup_trials"),
    "sampler option of the wrong kind": ({"study": sampler("GridSampler")}, "GridSampler", "search_space"),
    "unknown pruner": ({"study": b.study(pruner={"name": "Hyper", "options": {}})}, "Hyper", "HyperbandPruner"),
    "unknown pruner option": (
        {"study": b.study(pruner={"name": "MedianPruner", "options": {"warmup": 1}})},
        "warmup",
        "n_warmup_steps",
    ),
    "bad pruner value": (
        {"study": b.study(pruner={"name": "MedianPruner", "options": {"n_startup_trials": -1}})},
        "pruner",
        "negative",
    ),
    "sampler of one objective with two": (
        {
            "study": {
                "objectives": [{"name": n, "direction": "Minimize"} for n in ("a", "b")],
                "sampler": {"name": "CmaEsSampler"},
            }
        },
        "`spec.study.sampler.name`: `CmaEsSampler`",
        "`NSGAIISampler`",
    ),
    "condition in a circle": (
        {
            "searchSpace": [
                b.int_parameter("a", 1, 3, when=b.when("b", 1)),
                b.int_parameter("b", 1, 3, when=b.when("c", 1)),
                b.int_parameter("c", 1, 3, when=b.when("a", 1)),
            ]
        },
        "searchSpace[0].when.parameter`: `a`",
        "circle",
    ),
    "condition on an unknown parameter": (
        {
            "searchSpace": [
                b.int_parameter("depth", 1, 3, when=b.when("kind", "a")),
                b.categorical_parameter("sort", "a"),
            ]
        },
        "searchSpace[0].when.parameter",
        "allowed: `sort`",
    ),
    "condition on a value that cannot be": (
        {
            "searchSpace": [
                b.categorical_parameter("kind", "a"),
                b.int_parameter("depth", 1, 3, when=b.when("kind", "b")),
            ]
        },
        '(got `"b"`',
        'allowed: `"a"`',
    ),
    "step that does not divide": (
        {"searchSpace": [b.float_parameter("x", 0, 1, step=0.3)]},
        "searchSpace[0].float.step",
        "0.9",
    ),
    "choice that is an object": ({"searchSpace": [b.categorical_parameter("kind", {"a": 1})]}, "kind", "a string"),
    "choice named twice": ({"searchSpace": [b.categorical_parameter("kind", 1, 1)]}, "kind", "once"),
    "fixed and searched": (
        {"objective": {"python": "train:objective", "fixed": {"x": 1}}},
        "searchSpace[0]`: `x`",
        "not both",
    ),
    "criterion on an unknown objective": (
        {"success": {"minimum": [b.best_value(objective="loss", less_than=1)]}},
        "success.minimum[0]",
        "allowed: `score`",
    ),
    "criterion that can never hold": (
        {"success": {"full": [b.trials_finished(11)]}},
        "success.full[0]",
        "`spec.trials.max` is 10",
    ),
}


@pytest.mark.parametrize(("spec", "field", "allowed"), CASES.values(), ids=CASES.keys())
def test_a_fault_names_the_field_and_what_is_allowed(spec: dict[str, Any], field: str, allowed: str) -> None:
    found = faults(world.sweep(**spec).spec)
    assert found
    assert field in found[0].message
    assert allowed in found[0].message


def test_a_class_of_the_users_own_is_left_to_the_workers() -> None:
    own = {"sampler": {"class": "mine:Sampler", "options": {"a": 1}}, "pruner": {"class": "mine:Pruner"}}
    assert faults(world.sweep(study=b.study(**own)).spec) == ()


def test_all_faults_are_reported_at_once() -> None:
    spec = CASES["unknown sampler"][0] | CASES["choice named twice"][0] | CASES["criterion that can never hold"][0]
    assert len(faults(world.sweep(**spec).spec)) == 3


@pytest.mark.parametrize(
    "space",
    [
        [b.float_parameter("x", 0.0, 0.5, step=0.05)],
        [b.float_parameter("x", 1e-5, 1e-1, log=True)],
        [b.categorical_parameter("kind", 2, True, "1", None)],
        [b.categorical_parameter("kind", "a", "b"), b.int_parameter("n", 1, 9, step=2, when=b.when("kind", "a"))],
        [],
    ],
)
def test_good_spaces_have_no_fault(space: list[dict[str, Any]]) -> None:
    assert faults(world.sweep(searchSpace=space).spec) == ()


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (CASES["unknown sampler"][0], "InvalidSpec"),
        (CASES["fixed and searched"][0], "InvalidSpec"),
        (CASES["criterion that can never hold"][0], "Contradiction"),
        ({"answers": [{"decision": "mid", "answer": "Stop"}]}, "Contradiction"),
        ({"contrast": {"parameters": ["x"], "pairs": 12}}, "Contradiction"),  # `spec.trials.max` can be raised
        ({"contrast": {"parameters": ["y"], "pairs": 12}, "trials": {"max": 100}}, "InvalidSpec"),
    ],
)
def test_a_fault_is_final_only_when_no_patch_can_mend_it(spec: dict[str, Any], reason: str) -> None:
    assert [fault.reason for fault in faults(world.sweep(**spec).spec)][:1] == [reason]


def test_warnings_are_no_faults() -> None:
    found = findings(world.sweep(workers=b.workers(11)).spec)
    assert [finding.rule for finding in found] == ["MoreWorkersThanTrials"]
    assert as_faults(found) == ()


def test_what_can_be_mended_is_what_the_schema_lets_change() -> None:
    """A block of the spec is fixed when it, or each of its fields, may not differ from what it was."""
    blocks = schema()["properties"]["spec"]["properties"]
    changing = {f"spec.{name}" for name, block in blocks.items() if not is_fixed(block)}
    parts = {"spec.workers.replicas", "spec.study.enqueue", "spec.study.takeOverFrom"}
    of_operation = {f"spec.{name}" for name in ("suspend", "stop", "deletionPolicy", "workers", "description", "owner")}
    assert set(MUTABLE) - parts == changing - of_operation - {"spec.study"}
    assert not is_fixed(blocks["workers"]["properties"]["replicas"])
    study = blocks["study"]["properties"]
    assert [name for name, block in study.items() if not is_fixed(block)] == ["takeOverFrom", "enqueue"]


def is_fixed(block: dict[str, Any]) -> bool:
    if any(rule["rule"] == "self == oldSelf" for rule in block.get("x-kubernetes-validations", ())):
        return True
    return bool(block.get("properties")) and all(is_fixed(part) for part in block["properties"].values())


@pytest.mark.parametrize(
    "resources", [None, "much", {"limits": None}, {"limits": "much"}, {"limits": {"nvidia.com/gpu": "x"}}]
)
def test_a_template_that_nobody_has_looked_into_has_no_gpu(resources: Any) -> None:
    container = {"name": "trial", "image": "i", "resources": resources}
    assert gpus_of(world.sweep(workers=b.workers(containers=[container])).spec.workers, GpuWeights()) == 0
