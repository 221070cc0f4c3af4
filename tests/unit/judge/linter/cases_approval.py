"""Approval, and questions to people."""

from __future__ import annotations

from typing import Any

from hposweep.judge.linter.rules import LinterRule
from tests.unit.judge.linter.case import Case, minimum, point, points, rule

Json = dict[str, Any]

READY: Json = {"approval": {"question": "ready?"}}


def answered(question: str) -> Json:
    return minimum(READY, answers=[{"question": question, "answer": "Approve"}])


CASES = (
    Case(
        LinterRule.GRANTED_WITHOUT_EFFECT,
        {"approval": {"granted": True}},
        {"approval": {"granted": True, "required": True}},
        ("has no effect",),
        fields=("spec.approval.granted", "spec.approval.required"),
    ),
    Case(
        LinterRule.ASKS_IN_A_RULE,
        points(point(rule(READY))),
        minimum(READY),
        ("a decision point does not wait",),
        "Error",
        ("spec.decisionPoints[0].rules[0].when.approval",),
    ),
    Case(
        LinterRule.UNKNOWN_QUESTION,
        answered("readdy?"),
        answered("ready?"),
        ("no criterion asks `readdy?`", "allowed: `ready?`"),
        "Error",
        ("spec.answers[0].question", "spec.success"),
    ),
)
