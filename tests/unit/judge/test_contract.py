"""Faults of a spec that the schema cannot see: each is found, named, and says what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.judge.contract import faults
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
        "`spec.study.sampler.name` is `CmaEsSampler`",
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
        "searchSpace[a]",
        "circle",
    ),
    "condition on an unknown parameter": (
        {
            "searchSpace": [
                b.int_parameter("depth", 1, 3, when=b.when("kind", "a")),
                b.categorical_parameter("sort", "a"),
            ]
        },
        "searchSpace[depth]",
        "(sort)",
    ),
    "condition on a value that cannot be": (
        {
            "searchSpace": [
                b.categorical_parameter("kind", "a"),
                b.int_parameter("depth", 1, 3, when=b.when("kind", "b")),
            ]
        },
        "['b']",
        "['a']",
    ),
    "step that does not divide": (
        {"searchSpace": [b.float_parameter("x", 0, 1, step=0.3)]},
        "searchSpace[x]",
        "0.9",
    ),
    "choice that is an object": ({"searchSpace": [b.categorical_parameter("kind", {"a": 1})]}, "kind", "a string"),
    "choice named twice": ({"searchSpace": [b.categorical_parameter("kind", 1, 1)]}, "kind", "once"),
    "fixed and searched": (
        {"objective": {"python": "train:objective", "fixed": {"x": 1}}},
        "searchSpace[x]",
        "not both",
    ),
    "criterion on an unknown objective": (
        {"success": {"minimum": [b.best_value(objective="loss", less_than=1)]}},
        "success.minimum[0]",
        "['score']",
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
        [b.categorical_parameter("kind", 1, True, "1", None)],
        [b.categorical_parameter("kind", "a", "b"), b.int_parameter("n", 1, 9, step=2, when=b.when("kind", "a"))],
        [],
    ],
)
def test_good_spaces_have_no_fault(space: list[dict[str, Any]]) -> None:
    assert faults(world.sweep(searchSpace=space).spec) == ()
