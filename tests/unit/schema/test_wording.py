"""A fault of the schema in words: the field once, with its position, and the value."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.schema.check import check
from hposweep.schema.wording import worded
from tests.builders import changed, sweep


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        ("spec.trails", 1, "spec.trails", "`spec.trails`: unknown field; did you mean `trials`?"),
        (
            "spec.success",
            {"minimum": [{"bestValue": {"improvesBaselineBy": "5 %"}}]},
            "spec.success.minimum[0].bestValue.improvesBaselineBy",
            "`spec.success.minimum[0].bestValue.improvesBaselineBy` must be a percentage, for instance `5%` (got `5 %`",
        ),
        (
            "spec.success",
            {"minimum": [{"bestValue": {"greaterThan": 1}, "trialsFinished": {"min": 2}}]},
            "spec.success.minimum[0]",
            "`spec.success.minimum[0]` must have exactly one of ",
        ),
        (
            "metadata.name",
            "visual_classifier",
            "metadata.name",
            "`metadata.name` must consist of lower-case letters, digits and `-`, without dots: ",
        ),
        ("spec.trials.max", 0, "spec.trials.max", "`spec.trials.max`: is 0; must be greater than or equal to 1"),
        (
            "spec.searchSpace.0",
            {"name": "x", "float": {"low": 2, "high": 1}},
            "spec.searchSpace[0].float.low",
            "`spec.searchSpace[0].float.low` must be less than or equal to `high` (got `2`)",
        ),
        ("spec", 3, "spec", "`spec`: must be of type object, not 3"),
        ("metadata.name", 2024, "metadata.name", "`metadata.name`: must be of type string, not 2024. Put it in quotes"),
        (
            "spec.searchSpace.0.name",
            True,
            "spec.searchSpace[0].name",
            "`spec.searchSpace[0].name`: must be of type string, not true. Put it in quotes; YAML reads y, n, on, ",
        ),
    ],
)
def test_a_fault_begins_with_its_field_and_names_it_once(path: str, value: Any, field: str, message: str) -> None:
    document = changed(sweep(), path, value)
    faults = [worded(fault, check(document).document) for fault in check(document).faults]
    fault = next(fault for fault in faults if fault.field == field)
    assert fault.message.startswith(message)
    assert fault.message.count(f"`{field}`") == 1


def test_what_cannot_be_changed_shows_no_value() -> None:
    before = check(sweep()).document
    (fault,) = check(changed(sweep(), "spec.objective.python", "train:other"), before).faults
    assert worded(fault, {}).message == (
        "`spec.objective.python` cannot be changed after creation: create another sweep"
    )


def test_a_fault_of_the_whole_document_says_so() -> None:
    assert worded("the document: must be of type object", {}).message == "the document: must be of type object"


def test_a_fault_of_a_field_in_another_place_names_both() -> None:
    document = changed(sweep(), "spec.searchSpace.0.when", {"parameter": "nope", "in": [1]})
    (fault,) = (worded(fault, document) for fault in check(document).faults)
    assert fault.field == "spec.searchSpace"
    assert fault.message == (
        "`spec.searchSpace`: `spec.searchSpace[].when.parameter` must be the `name` of another parameter of "
        "`spec.searchSpace`"
    )
