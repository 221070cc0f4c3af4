"""Rules that stop the sweep."""

from __future__ import annotations

from typing import Any

from hposweep.judge.linter.rules import LinterRule
from tests import builders as b
from tests.unit.judge.linter.case import BASELINE, Case, above, below, improves, minimum, point, points, ranged, rule

Json = dict[str, Any]


def stops(*rules: Json, **more: Any) -> Json:
    return {"stopWhen": list(rules), **more}


def patience(trials: int, **more: int) -> Json:
    return {"noImprovement": {"trials": trials, **more}}


CASES = (
    Case(
        LinterRule.GOAL_BELOW_BASELINE,
        stops(above(0.4), baseline=BASELINE),
        stops(above(0.5), baseline=BASELINE),
        ("the baseline's 0.5 is beyond 0.4 already",),
        fields=("spec.stopWhen[0].bestValue.greaterThan", "spec.baseline.value"),
    ),
    Case(
        LinterRule.BASELINE_MISSING,
        stops(improves("5%")),
        stops(improves("5%"), baseline=BASELINE),
        ("there is no baseline",),
        "Error",
    ),
    Case(
        LinterRule.UNKNOWN_OBJECTIVE,
        stops(above(0.5, objective="los")),
        stops(above(0.5, objective="score")),
        ("unknown objective `los`",),
        "Error",
        ("spec.stopWhen[0].bestValue.objective",),
    ),
    Case(
        LinterRule.NEVER_HOLDS,
        stops(above(1), study=ranged(min=0, max=1)),
        stops(above(0.99), study=ranged(min=0, max=1)),
        ("`score` cannot be more than 1",),
        "Error",
    ),
    Case(
        LinterRule.NEVER_HOLDS,
        stops({"failedRatio": {"greaterThan": 1}}),
        stops({"failedRatio": {"greaterThan": 0.5}}),
        ("no more than all trials can fail",),
        "Error",
    ),
    Case(
        LinterRule.ALWAYS_HOLDS,
        stops(above(-1), study=ranged(min=0, max=1)),
        stops(above(0.5), study=ranged(min=0, max=1)),
        ("always more than -1",),
    ),
    Case(
        LinterRule.WRONG_DIRECTION,
        stops(below(0.3)),
        stops(below(0.3), study=b.study(direction="Minimize")),
        ("`spec.study.objectives[0].direction` is Maximize", "Use `greaterThan`", "decision point"),
        "Error",
    ),
    Case(
        LinterRule.STOP_BEYOND_BUDGET,
        stops(patience(100)),
        stops(patience(98)),
        ("101 trials or more", "`spec.trials.max` is 100"),
        fields=("spec.stopWhen[0].noImprovement.trials", "spec.trials.max"),
    ),
    Case(
        LinterRule.STOP_BEYOND_BUDGET,
        stops(patience(30, minTrials=100)),
        stops(patience(30, minTrials=99)),
        ("100 trials or more",),
        fields=("spec.stopWhen[0].noImprovement.minTrials",),
    ),
    Case(
        LinterRule.STOP_BEYOND_BUDGET,
        stops({"failedRatio": {"greaterThan": 0.5, "minTrials": 100}}),
        stops({"failedRatio": {"greaterThan": 0.5}}),
        ("100 trials or more",),
    ),
    Case(
        LinterRule.STOP_DURING_START_UP,
        stops(patience(30, minTrials=5)),
        stops(patience(30, minTrials=10)),
        ("the first 10 trials of `TPESampler` are random", "at least 40"),
        fields=("spec.stopWhen[0].noImprovement.minTrials", "spec.study.sampler.options.n_startup_trials"),
    ),
    Case(
        LinterRule.STOP_DURING_START_UP,
        stops(patience(9)),
        stops(patience(10)),
        ("Set at least 19",),
    ),
    Case(
        LinterRule.STOP_DURING_START_UP,
        stops(patience(5), study=b.study(sampler={"name": "TPESampler", "options": {"n_startup_trials": 20}})),
        stops(patience(5), study=b.study(sampler={"name": "RandomSampler"})),
        ("the first 20 trials",),
    ),
    Case(
        LinterRule.STOP_AGAINST_SUCCESS,
        minimum(b.trials_finished(50), **stops(patience(30))),
        minimum(b.trials_finished(31), **stops(patience(30))),
        ("50 trials, but `spec.stopWhen[0]` may stop the sweep before", "tier `minimum`"),
        fields=("spec.success.minimum[0].trialsFinished.min", "spec.stopWhen[0]"),
    ),
    Case(
        LinterRule.STOP_AGAINST_SUCCESS,
        minimum(b.trials_finished(50), **stops(above(0.9))),
        minimum(b.trials_finished(50), **stops({"failedRatio": {"greaterThan": 0.5}})),
        ("may stop the sweep before",),
    ),
    Case(
        LinterRule.STOP_AGAINST_SUCCESS,
        minimum(above(0.9), **stops(above(0.8))),
        minimum(above(0.8), **stops(above(0.8))),
        ("stops at 0.8, but tier `minimum` demands 0.9",),
    ),
    Case(
        LinterRule.UNREACHABLE_RULE,
        points(point(rule(above(0.9))), **stops(above(0.8))),
        points(point(rule(above(0.7))), **stops(above(0.8))),
        ("never True", "stops at 0.8 before"),
    ),
    Case(
        LinterRule.STOP_BEFORE_CONTRAST,
        stops(above(0.8), contrast={"parameters": ["kind"]}),
        stops(above(0.8)),
        ("contrast pairs, which run last",),
    ),
)
