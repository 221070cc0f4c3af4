"""Sizes: of all criteria together, of what a worker gets, and of values inside each other."""

from __future__ import annotations

from typing import Any

from hposweep.judge.linter.rules import LinterRule
from tests.unit.judge.linter.case import Case, above, point, rule

SHORT = [{"bestValue": {"greaterThan": 0.5}}] * 8


def tiers(tiers: int, criteria: int) -> dict[str, Any]:
    """Tiers of alternatives, eight in each criterion."""
    return {"success": {f"tier{number}": [{"anyOf": SHORT}] * criteria for number in range(tiers)}}


def trends(criteria: int) -> dict[str, Any]:
    names = [f"p{number}" for number in range(64)]
    return {"success": {"minimum": [{"clearTrend": {"parameters": names}}] * criteria}}


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def fixed(value: Any) -> dict[str, Any]:
    return {"objective": {"python": "train:objective", "fixed": {"data": value}}}


CASES = (
    Case(
        LinterRule.TOO_MANY_CRITERIA,
        tiers(3, 11),
        tiers(2, 16),
        ("264 criteria", "at most 256"),
        "Error",
        ("spec.success", "spec.decisionPoints"),
    ),
    Case(
        LinterRule.TOO_MANY_CRITERIA,
        {"decisionPoints": [point(*[rule(above(0.5))] * 8, name=f"p{number}") for number in range(33)]},
        {"decisionPoints": [point(*[rule(above(0.5))] * 8, name=f"p{number}") for number in range(16)]},
        ("264 criteria",),
        "Error",
    ),
    Case(
        LinterRule.TOO_MANY_CRITERIA,
        trends(9),
        trends(8),
        ("576 parameters in criteria", "at most 512"),
        "Error",
    ),
    Case(
        LinterRule.NESTED_TOO_DEEPLY,
        fixed(nested(100)),
        fixed(nested(50)),
        ("more than 64 levels",),
        "Error",
        ("spec.objective",),
    ),
    Case(
        LinterRule.TOO_MUCH_FOR_A_WORKER,
        fixed("x" * 140_000),
        fixed("x" * 120_000),
        ("bytes that a worker gets", "at most 128,000"),
        "Error",
        ("spec.objective",),
    ),
    Case(
        LinterRule.TOO_MUCH_FOR_A_WORKER,
        {**fixed('"' * 40_000), "preflight": {"imports": [{"module": "torch"}]}},
        fixed('"' * 40_000),
        ("bytes that a worker gets",),
        "Error",
    ),
)
