"""Names, thresholds and the baseline."""

from __future__ import annotations

from hposweep.judge.linter.rules import LinterRule
from tests import builders as b
from tests.unit.judge.linter.case import (
    BASELINE,
    DEPTH,
    RANDOM,
    Case,
    above,
    below,
    elite,
    improves,
    minimum,
    point,
    points,
    ranged,
    rule,
)

TWO = {"objectives": [{"name": name, "direction": "Maximize"} for name in ("score", "speed")]}
UNIT = ranged(min=0, max=1)

CASES = (
    Case(
        LinterRule.UNKNOWN_OBJECTIVE,
        minimum({"clearTrend": {"parameters": ["lr"], "objective": "loss"}}),
        minimum({"clearTrend": {"parameters": ["lr"], "objective": "score"}}),
        ("`loss`", "allowed: `score`"),
        "Error",
        ("spec.success.minimum[0].clearTrend.objective",),
    ),
    Case(
        LinterRule.UNKNOWN_PARAMETER,
        minimum({"boundariesResolved": {"parameters": ["depth", "width"]}}),
        minimum({"boundariesResolved": {"parameters": ["depth", "lr"]}}),
        ("`width`", "`kind`, `depth`, `lr`"),
        "Error",
        ("spec.success.minimum[0].boundariesResolved.parameters[1]",),
    ),
    Case(
        LinterRule.UNKNOWN_CHOICE,
        minimum(elite(value="c"), study=RANDOM),
        minimum(elite(value="b"), study=RANDOM),
        ('`"c"`', 'allowed: `"a"`, `"b"`'),
        "Error",
        ("spec.success.minimum[0].eliteShare.value",),
    ),
    Case(
        LinterRule.UNKNOWN_DECISION,
        {"answers": [{"decision": "end", "answer": "Stop"}], **points(point())},
        {"answers": [{"decision": "mid", "answer": "Stop"}], **points(point())},
        ("`end`", "`mid`"),
        "Error",
        ("spec.answers[0].decision",),
    ),
    Case(
        LinterRule.DUPLICATE_NAME,
        minimum({"clearTrend": {"parameters": ["lr", "lr"]}}),
        minimum({"clearTrend": {"parameters": ["lr", "depth"]}}),
        ("`lr` 2 times",),
        "Error",
    ),
    Case(
        LinterRule.WRONG_KIND_OF_PARAMETER,
        minimum(elite(parameter="depth"), study=RANDOM),
        minimum(elite(parameter="kind"), study=RANDOM),
        ("`depth`", "allowed: `kind`", "boundariesResolved"),
        "Error",
    ),
    Case(
        LinterRule.NOTHING_TO_COMPARE,
        minimum(elite(), study=RANDOM, searchSpace=[b.categorical_parameter("kind", "a"), DEPTH]),
        minimum(elite(), study=RANDOM),
        ("`kind`", "only one value", "spec.searchSpace[0]"),
        "Error",
    ),
    Case(
        LinterRule.WRONG_DIRECTION,
        minimum(below(0.3)),
        minimum(below(0.9), above(0.3)),  # a window
        ("less than 0.3", "Maximize", "`greaterThan`"),
        "Error",
        ("spec.success.minimum[0].bestValue.lessThan", "spec.study.objectives[0].direction"),
    ),
    Case(
        LinterRule.NEVER_HOLDS,
        minimum(above(1.0), study=UNIT),
        minimum(above(0.99), study=UNIT),
        ("more than 1", "between 0 and 1", "never"),
        "Error",
    ),
    Case(
        LinterRule.ALWAYS_HOLDS,
        minimum(above(-0.5), study=UNIT),
        minimum(above(0.0), study=UNIT),
        ("more than -0.5", "always holds"),
    ),
    Case(
        LinterRule.THRESHOLDS_DISAGREE,
        minimum(above(0.6), improves("5%"), baseline=BASELINE),
        minimum(above(0.525), improves("5%"), baseline=BASELINE),
        ("0.6", "+20 %", "5 %", "0.525"),
        fields=(
            "spec.success.minimum[0].bestValue.greaterThan",
            "spec.success.minimum[1].bestValue.improvesBaselineBy",
        ),
    ),
    Case(
        LinterRule.LABEL_DISAGREES,
        points(point(rule(above(0.52), label="on track (10% improvement)")), baseline=BASELINE),
        points(point(rule(above(0.552), label="on track (10% improvement)")), baseline=BASELINE),
        ("10 %", "0.52", "+4 %", "0.55"),
        fields=("spec.decisionPoints[0].rules[0].label",),
    ),
    Case(
        LinterRule.BASELINE_MISSING,
        minimum(improves("5%")),
        minimum(improves("5%"), baseline={"study": "earlier"}),
        ("spec.baseline.study", "spec.baseline.value"),
        "Error",
        ("spec.success.minimum[0].bestValue.improvesBaselineBy",),
    ),
    Case(
        LinterRule.BASELINE_OF_ANOTHER_OBJECTIVE,
        minimum(improves("5%", objective="speed"), study=TWO, baseline=BASELINE),
        minimum(improves("5%", objective="speed"), study=TWO, baseline={"study": "earlier"}),
        ("`speed`", "`score`", "`greaterThan`"),
        "Error",
    ),
    Case(
        LinterRule.BASELINE_IS_ZERO,
        minimum(improves("5%"), baseline={"value": 0}),
        minimum(improves("5%"), baseline={"value": -0.1}),
        ("5%", "`greaterThan`"),
        "Error",
    ),
    Case(
        LinterRule.BASELINE_OUTSIDE_RANGE,
        {"study": UNIT, "baseline": {"value": 28.6}},
        {"study": UNIT, "baseline": {"value": 1}},
        ("28.6", "from 0 to 1"),
        "Error",
    ),
    Case(
        LinterRule.BESTS_AT_UNEQUAL_BUDGET,
        minimum(improves("5%"), baseline={"value": 0.5, "trials": 20}),
        minimum(improves("5%"), baseline={"value": 0.5, "trials": 67}),
        ("best of 100", "best of 20", "86 to 91"),
        fields=("spec.baseline.trials", "spec.trials.max"),
    ),
    Case(
        LinterRule.SUCCESS_BELOW_BASELINE,
        minimum(above(0.45), baseline=BASELINE),
        minimum(above(0.5), baseline=BASELINE),
        ("0.45", "0.5", "-10 %"),
    ),
    Case(
        LinterRule.STOP_BELOW_BASELINE,
        points(point(rule(below(0.4), "Stop")), baseline={"value": 0.5, "trials": 20}),
        points(point(rule(below(0.5), "Stop")), baseline={"value": 0.5, "trials": 20}),
        ("below 0.4", "baseline is 0.5", "between 0.4 and 0.5"),
    ),
    Case(
        LinterRule.IMPROVEMENT_STAYS_UNKNOWN,
        minimum({"improvementIsReal": {}}, baseline=BASELINE),
        minimum(improves("5%"), baseline=BASELINE),
        ("trained again with other seeds", "tier `minimum`", "Set `spec.champions`"),
    ),
)
