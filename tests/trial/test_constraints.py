"""The bounds of a sweep, held against what a trial recorded."""

from __future__ import annotations

import math
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.constraints import record_constraints
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.protocol.constraints import SMALLEST, Constraint

BOUNDS = (Constraint("ms", 20.0, is_upper=True), Constraint("recall", 0.5, is_upper=False))
COMPLETE = TrialOutcome(TrialState.COMPLETE, (1.0,))


def trial(**attributes: Any) -> optuna.Trial:
    asked = optuna.create_study().ask()
    for name, value in attributes.items():
        asked.set_user_attr(name, value)
    return asked


def recorded(asked: optuna.Trial, outcome: TrialOutcome = COMPLETE) -> TrialOutcome:
    return record_constraints(OwnedTrial(asked, 0), outcome, BOUNDS)


def test_each_bound_becomes_a_constraint_of_optuna() -> None:
    asked = trial(ms=22, recall=0.5)
    assert recorded(asked) is COMPLETE
    assert asked.constraints == {"ms": 2.0, "recall": SMALLEST}


def test_a_constraint_of_the_objective_stays() -> None:
    asked = trial(recall=1.0)
    asked.set_constraint("ms", -3.0)
    assert recorded(asked) is COMPLETE
    assert asked.constraints == {"ms": -3.0, "recall": -0.5}


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({}, "`ms` of `spec.study.constraints` is missing: call trial.set_user_attr"),
        ({"ms": "17"}, "is '17', and must be a number"),
        ({"ms": True}, "is True, and must be a number"),
        ({"ms": None}, "is None, and must be a number"),
        ({"ms": math.nan}, "is nan, and must be a number"),
        ({"ms": 1.0, "recall": [1]}, "`recall` of `spec.study.constraints` is [1]"),
    ],
)
def test_a_trial_without_the_number_fails_with_the_attribute_s_name(attributes: dict[str, Any], words: str) -> None:
    outcome = recorded(trial(**attributes))
    assert (outcome.state, outcome.failure_class) == (TrialState.FAIL, protocol.OBJECTIVE_ERROR)
    assert words in outcome.error
    assert outcome.values is None
    assert outcome.fingerprint


def test_failures_of_one_constraint_are_alike_and_of_two_are_not() -> None:
    missing, text, other = recorded(trial()), recorded(trial(ms="x")), recorded(trial(ms=1))
    assert missing.fingerprint == text.fingerprint != other.fingerprint


@pytest.mark.parametrize("state", [TrialState.PRUNED, TrialState.FAIL])
def test_a_trial_that_is_not_complete_needs_no_number(state: TrialState) -> None:
    outcome, asked = TrialOutcome(state), trial()
    assert recorded(asked, outcome) is outcome
    assert asked.constraints == {}
