"""A criterion is the same in every place: a schema without references repeats it, and a script writes the copies."""

from __future__ import annotations

import json
import runpy
from typing import Any

import pytest

from hposweep.api.criteria import Criterion
from hposweep.api.wire import wire_name
from hposweep.schema.crd import schema
from tests.packaging.checkout import CRD, MANIFESTS

Json = dict[str, Any]

TIER, RULE = "spec.success.<tier>[]", "spec.decisionPoints[].rules[].when"


def test_the_copies_are_up_to_date_with_the_criterion_of_a_tier() -> None:
    generated = runpy.run_path(str(MANIFESTS / "generate.py"))["generated"]
    text = CRD.read_text()
    assert generated(text) == text, "run: python manifests/generate.py"


def test_a_change_of_the_original_reaches_all_four_copies() -> None:
    generated = runpy.run_path(str(MANIFESTS / "generate.py"))["generated"]
    before, mark, original = CRD.read_text().partition("# The original of every criterion.")
    description = "Enough trials have finished, as counted in `status.trials.finished`."
    changed = before + mark + original.replace(description, "Changed.", 1)
    assert generated(changed).count("description: Changed.") == 4


def _spec() -> Json:
    return dict(schema()["properties"]["spec"]["properties"])


def _tier() -> Json:
    return dict(_spec()["success"]["additionalProperties"]["items"])


def _rule() -> Json:
    return dict(_spec()["decisionPoints"]["items"]["properties"]["rules"]["items"]["properties"]["when"])


def _alternative(criterion: Json) -> Json:
    return dict(criterion["properties"]["anyOf"]["items"])


def _kinds(criterion: Json, place: str) -> Json:
    """The kinds, but for the place that their sentences name, and for `anyOf`."""
    kinds = {name: part for name, part in criterion["properties"].items() if name != "anyOf"}
    return dict(json.loads(json.dumps(kinds).replace(f"`{place}.", "`")))


@pytest.mark.parametrize(
    ("criterion", "place"),
    [(_rule(), RULE), (_alternative(_tier()), f"{TIER}.anyOf[]"), (_alternative(_rule()), f"{RULE}.anyOf[]")],
    ids=["rule", "alternative in a tier", "alternative in a rule"],
)
def test_the_kinds_are_those_of_a_tier(criterion: Json, place: str) -> None:
    assert _kinds(criterion, place) == _kinds(_tier(), TIER)


@pytest.mark.parametrize("criterion", [_tier(), _rule()], ids=["tier", "rule"])
def test_each_kind_is_one_of_those_of_which_exactly_one_is_given(criterion: Json) -> None:
    for part in (criterion, _alternative(criterion)):
        (rule,) = part["x-kubernetes-validations"]
        assert [word for word in part["properties"] if f"has(self.{word})" not in rule["rule"]] == []
        assert [word for word in part["properties"] if f"`{word}`" not in rule["message"]] == []


def test_the_names_are_those_of_the_dataclass() -> None:
    assert set(_tier()["properties"]) == {wire_name(name) for name in Criterion.__dataclass_fields__}
