"""The CEL library and the API server agree about every rule of the CRD, also beyond ASCII."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import cel
import pytest

from hposweep.schema.check import check
from hposweep.schema.crd import schema
from tests.builders import changed, sweep, trials_finished
from tests.contract.test_immutability import BARE, COMMAND, FROZEN, FULL, MUTABLE, STOPS

STORED = {"full": FULL, "bare": BARE, "command": COMMAND}
# Functions and operators that the tables of mistakes show to mean the same in both. An unknown one breaks no rule
# silently: the library raises the error that it also raises for an operand of a wrong type.
COMPARED_FUNCTIONS = {"matches", "size", "startsWith", "type", "@not_strictly_false", "_?_:_", "_[_]", "_+_", "_-_"} | {
    "_*_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_&&_", "_||_", "!_"
}  # fmt: skip


def rules(part: Mapping[str, Any]) -> Iterator[str]:
    for rule in part.get("x-kubernetes-validations", ()):
        yield rule["rule"]
    for inner in (*part.get("properties", {}).values(), part.get("items"), part.get("additionalProperties")):
        if isinstance(inner, Mapping):
            yield from rules(inner)


RULES = sorted(set(rules(schema())))


def test_every_rule_uses_compared_functions_only() -> None:
    assert {name for rule in RULES for name in cel.compile(rule).functions()} <= COMPARED_FUNCTIONS


def test_no_regular_expression_uses_a_class_that_libraries_extend_beyond_ascii() -> None:
    """`\\S` of the library knows all white space of Unicode; the API server's knows that of ASCII."""
    patterns = [pattern for rule in RULES for pattern in re.findall(r"matches\('([^']*)'\)", rule)]
    assert patterns
    assert [pattern for pattern in patterns if re.search(r"\\[sSwWdDbB]", pattern)] == []


def test_no_rule_counts_the_characters_of_a_text_that_may_be_beyond_ascii() -> None:
    """`size()` of the library counts bytes; another rule refuses a sweep's name beyond ASCII anyway."""
    sizes = {size for rule in RULES for size in re.findall(r"size\([^)]+\)|\w+\.size\(\)", rule)}
    assert sizes == {"size(self.metadata.name)", "size(self[0])"}
    assert any("size(self[0]) > 0" in rule for rule in RULES)  # empty or not: bytes and characters agree


@pytest.mark.parametrize("name", ["größe", "ä" * 40, "ä" * 41])
def test_a_name_beyond_ascii_is_refused_with_what_is_allowed(name: str) -> None:
    faults = "\n".join(check(changed(sweep(), "metadata.name", name)).faults)
    assert "`metadata.name` must consist of lower-case letters, digits and `-`" in faults


def merged(document: Any, patch: Any) -> Any:
    """Apply a merge patch: a null removes."""
    if not isinstance(patch, dict):
        return patch
    base = document if isinstance(document, dict) else {}
    combined = base | {name: merged(base.get(name), item) for name, item in patch.items()}
    return {name: item for name, item in combined.items() if not (name in patch and patch[name] is None)}


def faults_of_change(document: dict[str, Any], patch: dict[str, Any]) -> str:
    return "\n".join(check(merged(document, {"spec": patch}), check(document).document).faults)


@pytest.mark.parametrize(("name", "patch", "field"), FROZEN.values(), ids=[key.replace(" ", "-") for key in FROZEN])
def test_a_frozen_field_cannot_be_changed(name: str, patch: dict[str, Any], field: str) -> None:
    assert f"`{field}` cannot be changed after creation" in faults_of_change(STORED[name], patch)


@pytest.mark.parametrize("patch", MUTABLE.values(), ids=[key.replace(" ", "-") for key in MUTABLE])
def test_what_people_steer_by_can_be_changed(patch: dict[str, Any]) -> None:
    assert faults_of_change(FULL, patch) == ""


@pytest.mark.parametrize("before", STOPS)
@pytest.mark.parametrize("after", STOPS)
def test_a_stop_only_goes_forward(before: str, after: str) -> None:
    faults = faults_of_change(sweep(stop=before), {"stop": after})
    assert ("`spec.stop` cannot go back" in faults) == (STOPS.index(after) < STOPS.index(before))


@pytest.mark.parametrize("change", [{"größe": "名字"}, {"größe": 1, "x": 2}, {}])
def test_a_frozen_value_beyond_ascii_cannot_be_changed(change: dict[str, Any]) -> None:
    stored = sweep(objective={"python": "train:objective", "fixed": {"größe": "名前"}})
    changed_objective = {"objective": {"python": "train:objective", "fixed": change}}
    faults = check(stored | {"spec": stored["spec"] | changed_objective}, check(stored).document).faults
    assert faults == (
        "spec.objective.fixed: `spec.objective.fixed` cannot be changed after creation: create another sweep",
    )
    assert check(stored, check(stored).document).faults == ()


def test_a_tier_named_by_a_number_is_refused() -> None:
    """YAML reads `1:` as a number; the API server receives the text `1`."""
    faults = "\n".join(check(sweep(success={1: [trials_finished(5)]})).faults)
    assert "`spec.success` must have tiers of 1 to 31 letters" in faults
