"""The bounds of a sweep as the constraints of Optuna, where a value above 0 is broken."""

from __future__ import annotations

import math

import pytest

from hpotrial.protocol.constraints import SMALLEST, Constraint

UPPER, LOWER = Constraint("ms", 20.0, is_upper=True), Constraint("recall", 0.8, is_upper=False)


@pytest.mark.parametrize(
    ("constraint", "value", "violation"),
    [
        (UPPER, 17.5, -2.5),
        (UPPER, 20.0, SMALLEST),
        (UPPER, 22.0, 2.0),
        (UPPER, math.inf, math.inf),
        (UPPER, -math.inf, -math.inf),
        (LOWER, 1.0, pytest.approx(-0.2)),
        (LOWER, 0.8, SMALLEST),
        (LOWER, 0.5, pytest.approx(0.3)),
    ],
)
def test_a_value_on_the_wrong_side_or_on_the_bound_breaks_it(
    constraint: Constraint, value: float, violation: float
) -> None:
    assert constraint.violation(value) == violation


@pytest.mark.parametrize("constraint", [UPPER, LOWER])
def test_it_survives_the_way_to_the_worker(constraint: Constraint) -> None:
    assert Constraint.from_json(constraint.to_json()) == constraint


def test_a_bound_of_zero_is_a_bound() -> None:
    assert Constraint.from_json({"name": "x", "lessThan": 0}) == Constraint("x", 0.0, is_upper=True)
