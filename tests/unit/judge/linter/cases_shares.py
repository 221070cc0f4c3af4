"""Ratios, shares, comparisons, contrast pairs and tiers."""

from __future__ import annotations

from hposweep.judge.linter.rules import LinterRule
from tests import builders as b
from tests.unit.judge.linter.case import RANDOM, Case, above, elite, minimum, sampled

TWO = {"objectives": [{"name": name, "direction": "Maximize"} for name in ("score", "speed")]}
CONTRAST = {"parameters": ["kind"], "pairs": 12}
THREE = [b.categorical_parameter("kind", "a", "b", "c")]


def completed(least: float) -> dict[str, object]:
    return {"completedRatio": {"min": least}}


def tiers(lower: list[object], higher: list[object], **more: object) -> dict[str, object]:
    return {"success": {"minimum": lower, "full": higher}, **more}


CASES = (
    Case(
        LinterRule.TRIALS_BEYOND_BUDGET,
        minimum(b.trials_finished(101)),
        minimum(b.trials_finished(100)),
        ("101", "`spec.trials.max` is 100"),
        "Error",
    ),
    Case(
        LinterRule.DIFFERENT_DENOMINATORS,
        minimum(b.trials_finished(100), completed(0.9)),
        minimum(b.trials_finished(90), completed(0.9)),
        ("of 100 trials 90 may be complete, not 100", "must be 112"),
    ),
    Case(
        LinterRule.RATIOS_IMPLY_EACH_OTHER,
        minimum(completed(0.9), {"failedRatio": {"max": 0.05}}),
        minimum({"failedRatio": {"max": 0.05}}),
        ("10 %", "5 %", "`spec.success.minimum[1].failedRatio.max`", "`failedRatio` decides"),
    ),
    Case(
        LinterRule.HEALTH_DISAGREES_WITH_SUCCESS,
        minimum(completed(0.9), health={"maxFailedRatio": 0.05}),
        minimum(completed(0.9), health={"maxFailedRatio": 0.1}),
        ("0.05", "10 %"),
        fields=("spec.health.maxFailedRatio", "spec.success.minimum[0].completedRatio.min"),
    ),
    Case(
        LinterRule.SHARE_EXPECTED_BY_SAMPLING,
        minimum(elite(0.7, sampledShare=0.75), study=RANDOM),
        minimum(elite(0.95, sampledShare=0.75), study=RANDOM),
        ("70 %", "75 %"),
    ),
    Case(
        LinterRule.ELITE_TOO_SMALL,
        minimum(elite(0.7, sampledShare=0.75), study=RANDOM),
        minimum(elite(0.7), study=RANDOM),
        ("20 elite", "± 17 points", "228 elite"),
    ),
    Case(
        LinterRule.TOO_FEW_TRIALS_FOR_ELITE,
        minimum(elite(), study=RANDOM, trials={"max": 24}),
        minimum(elite(), study=RANDOM, trials={"max": 25}),
        ("needs 25", "at most 24", "best 5"),
        "Error",
    ),
    Case(
        LinterRule.NEVER_HOLDS,
        minimum(elite(None, minLift=1.5, sampledShare=0.75), study=RANDOM),
        minimum(elite(None, minLift=1.5, sampledShare=0.5), study=RANDOM),
        ("1.5", "75 %", "1.3333"),
        "Error",
    ),
    Case(
        LinterRule.NEARLY_ALWAYS_HOLDS,
        minimum({"anyOf": [elite(0.7, value="a"), elite(0.3, value="b")]}, study=RANDOM),
        minimum({"anyOf": [elite(0.8, value="a"), elite(0.8, value="b")]}, study=RANDOM),
        ("70 % of `a`", "30 % of `b`", "always"),
    ),
    Case(
        LinterRule.ADAPTIVE_SAMPLER_COMPARES_CHOICES,
        minimum(elite()),
        minimum(elite(), contrast=CONTRAST),
        ("`TPESampler`", "10 random trials", "20 of 100", "pairs: 12"),
    ),
    Case(
        LinterRule.ADAPTIVE_SAMPLER_COMPARES_CHOICES,
        minimum({"clearTrend": {"parameters": ["kind"]}}, study=sampled("TPESampler", n_startup_trials=29)),
        minimum({"clearTrend": {"parameters": ["kind"]}}, study=sampled("TPESampler", n_startup_trials=30)),
        ("29 random trials",),
    ),
    Case(
        LinterRule.NO_INSIDE,
        minimum({"boundariesResolved": {"parameters": ["n"]}}, searchSpace=[b.int_parameter("n", 1, 2)]),
        minimum({"boundariesResolved": {"parameters": ["n"]}}, searchSpace=[b.int_parameter("n", 1, 3)]),
        ("`n`", "two values"),
        "Error",
    ),
    Case(
        LinterRule.TIER_CONTRADICTS_ITSELF,
        minimum(elite(0.6, value="a"), elite(0.6, value="b"), study=RANDOM, searchSpace=THREE),
        minimum(elite(0.45, value="a"), elite(0.45, value="b"), study=RANDOM, searchSpace=THREE),
        ("60 % of `a` and 60 % of `b`",),
        "Error",
    ),
    Case(
        LinterRule.TIERS_CONTRADICT,
        tiers([elite(0.7)], [elite(0.4, value="a"), elite(0.4, value="b")], study=RANDOM, searchSpace=THREE),
        tiers([elite(0.6)], [elite(0.6, value="a"), elite(0.4, value="b")], study=RANDOM, searchSpace=THREE),
        ("`minimum` and `full`", "can have 70 %"),
        "Error",
        ("spec.success.minimum[0]",),
    ),
    Case(
        LinterRule.TIERS_NOT_NESTED,
        tiers([above(0.6)], [above(0.5)]),
        tiers([above(0.5), b.trials_finished(100)], [above(0.6)]),
        ("`full` can hold while `minimum` does not",),
    ),
    Case(
        LinterRule.CONTRAST_IMPOSSIBLE,
        {"contrast": CONTRAST, "study": TWO},
        {"contrast": CONTRAST},
        ("one objective", "has 2"),
        "Error",
    ),
    Case(
        LinterRule.CONTRAST_BEYOND_BUDGET,
        {"contrast": CONTRAST, "trials": {"max": 33}},
        {"contrast": CONTRAST, "trials": {"max": 48}},
        ("24 trials", "is 33", "at least 34"),
        "Error",
    ),
    Case(
        LinterRule.CONTRAST_BEYOND_BUDGET,
        {"contrast": CONTRAST, "trials": {"max": 47}},
        {"contrast": CONTRAST, "trials": {"max": 48}},
        ("more than half", "47", "left with 23"),
    ),
)
