"""The cases of tests/cases are compared strictly: each part of an expectation can fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cases.case import Step, cases, merged
from tests.cases.expectation import Result, Trial, comparable, differences

LINE = {"number": 0, "state": "FAIL", "params": {"k": [1]}, "values": None, "attributes": {"hposweep:error": "A: b"}}
CONDITION = {"type": "Failed", "status": "True", "reason": "NoTrialCompleted"}
RESULT = Result(
    code=1,
    output="Failed: no trial\n  completed",
    folder=Path(),
    trials=(Trial.from_line(LINE),),
    status={},
    conditions={"Failed": CONDITION},
    reference=(LINE | {"attributes": {}, "error": "A: c"},),
)


@pytest.mark.parametrize(
    "expectation",
    [
        {"output": ["NO TRIAL completed", "absent | failed"]},
        {"no_output": ["Complete:"]},
        {"ended": "Failed/NoTrialCompleted"},
        {"conditions": {"Failed": "True"}},
        {"states": {"FAIL": 1}},
        {"holds": ["trials[0].params == {'k': [1]} and not trials[0].is_charged is None"]},
        {"optuna": ["states", "params", "values", "errors", "attributes"]},
    ],
)
def test_an_expectation_that_holds_has_no_difference(expectation: dict[str, Any]) -> None:
    assert differences(Step.from_mapping({"exit": [1, 2], **expectation}), RESULT) == []


@pytest.mark.parametrize(
    "expectation",
    [
        {"exit": 0},
        {"output": ["absent | missing"]},
        {"no_output": ["no trial completed"]},
        {"ended": "Complete/BudgetReached"},
        {"conditions": {"Failed": "True/WorkersFailed"}},
        {"conditions": {"Healthy": "True"}},
        {"states": {"FAIL": 2}},
        {"holds": ["len(trials) == 2"]},
        {"holds": ["trials[1]"]},
    ],
)
def test_an_expectation_that_does_not_hold_is_one_difference(expectation: dict[str, Any]) -> None:
    assert len(differences(Step.from_mapping({"exit": 1, **expectation}), RESULT)) == 1


def test_numbers_that_json_has_not_are_compared_as_words() -> None:
    assert comparable({1: (float("nan"), float("-inf")), "b": "Infinity"}) == {"1": ["nan", "-inf"], "b": "inf"}


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValueError, match="stats"):
        Step.from_mapping({"stats": {}})


def test_a_patch_replaces_and_removes_fields() -> None:
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"b": None, "d": [3]}}) == {"a": {"c": 2, "d": [3]}}


def test_the_names_of_cases_are_unique_and_each_says_what_it_is_about() -> None:
    names = [str(case) for case in cases()]
    assert len(names) == len(set(names)) > 20
    assert all(case.about.endswith(".") and case.area and case.steps for case in cases())
