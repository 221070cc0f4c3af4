"""What the sweep is compared with: is it there, is it comparable, and do thresholds stand on the right side of it?"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.spec import Spec
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.criteria.threshold import baseline_value, goal_of
from hposweep.judge.linter.criterion_paths import Placed, criteria
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import number, percent
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.thresholds import thresholds
from hposweep.model.findings import ContractFinding

FAIR_RATIO = 1.5  # beyond it the larger search finds a better best by its size alone


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for placed in criteria(spec):
        field = _baseline_field(placed)
        if field is not None:
            yield from _missing(spec, field)
        yield from _relative(spec, placed)
        if placed.criterion.improvement_is_real is not None:
            yield _stays_unknown(placed)
    yield from _unequal_budget(spec)
    yield from _success_below(spec)


def _relative(spec: Spec, placed: Placed) -> Iterator[ContractFinding]:
    best = placed.criterion.best_value
    if best is None or best.improves_baseline_by is None:
        return
    field = f"{placed.path}.bestValue.improvesBaselineBy"
    goals = spec.study.objectives
    goal = goal_of(spec, best)
    is_number = spec.baseline is not None and spec.baseline.value is not None  # a study has values of all objectives
    if goal is not None and goal.name != goals[0].name and is_number:
        message = (
            f"`{field}` is about `{goal.name}`, but `spec.baseline.value` is one of the first objective, "
            f"`{goals[0].name}`; use `greaterThan` or `lessThan`, or name `{goal.name}` first in "
            "`spec.study.objectives`"
        )
        fields = (field, "spec.study.objectives", "spec.baseline.value")
        yield error(LinterRule.BASELINE_OF_ANOTHER_OBJECTIVE, fields, message)
    elif goal is not None and baseline_value(spec, goal) == 0:
        word = "greaterThan" if goal.is_maximized else "lessThan"
        message = (
            f"`{field}` is {best.improves_baseline_by} of a baseline of 0, which is 0 whatever the share; "
            f"give the number itself: `{word}`"
        )
        yield error(LinterRule.BASELINE_IS_ZERO, (field, "spec.baseline.value"), message, baseline=0)


def _missing(spec: Spec, field: str) -> Iterator[ContractFinding]:
    baseline = spec.baseline
    if baseline is None or (baseline.study is None and baseline.value is None):
        message = (
            f"`{field}` compares with a baseline, and there is none; give `spec.baseline.study`, an earlier study, or "
            "`spec.baseline.value`, its best value"
        )
        fields = (field, "spec.baseline.study", "spec.baseline.value")
        yield error(LinterRule.BASELINE_MISSING, fields, message)


def _stays_unknown(placed: Placed) -> ContractFinding:
    what = f"tier `{placed.tier}`" if placed.tier else f"rule `{placed.path}`"
    message = (
        f"`{placed.path}.improvementIsReal` needs the best and the baseline's best evaluated anew with 3 fresh seeds "
        f"each, which no part of a sweep does yet: it stays Unknown, and {what} is never True by it; `bestValue` with "
        "`improvesBaselineBy` can be met"
    )
    return warning(LinterRule.IMPROVEMENT_STAYS_UNKNOWN, (f"{placed.path}.improvementIsReal",), message)


def _unequal_budget(spec: Spec) -> Iterator[ContractFinding]:
    before, now = (spec.baseline.trials if spec.baseline is not None else None), spec.trials.max
    comparing = [placed.path for placed in criteria(spec) if _baseline_field(placed) is not None]
    if not before or before < 1 or now < 1 or not comparing:
        return
    ratio = max(now, before) / min(now, before)
    if ratio <= FAIR_RATIO:
        return
    if now > before:
        sense = (
            "the larger search finds a higher best by its size alone (of two equal searches with 100 and 20 trials, "
            "in 86 to 91 of 100 cases)"
        )
    else:
        sense = "the smaller search finds a worse best by its size alone, and may improve without showing it"
    message = (
        f"`{comparing[0]}` compares the best of {now} trials (`spec.trials.max`) with the baseline's best of {before} "
        f"(`spec.baseline.trials`): {sense}; read it beside `status.baseline`, which compares at equal budget, or ask "
        "for a larger improvement"
    )
    fields = ("spec.baseline.trials", "spec.trials.max", *comparing)
    yield warning(LinterRule.BESTS_AT_UNEQUAL_BUDGET, fields, message, baseline=before, trials=now, ratio=ratio)


def _baseline_field(placed: Placed) -> str | None:
    fields = (kind.baseline_field(requirement) for kind, requirement in kinds_of(placed.criterion))
    return next((f"{placed.path}.{field}" for field in fields if field is not None), None)


def _success_below(spec: Spec) -> Iterator[ContractFinding]:
    """A tier that a search without any improvement reaches."""
    for threshold in thresholds(spec):
        base = baseline_value(spec, threshold.goal)
        if base is None or not threshold.placed.tier or not threshold.is_better or threshold.share is not None:
            continue
        gain = (threshold.value - base) * (1 if threshold.goal.is_maximized else -1)
        if gain >= 0:
            continue
        share = f" ({percent(gain / abs(base), signed=True)})" if base else ""
        message = (
            f"`{threshold.field}` is {number(threshold.value)}, worse than the baseline's {number(base)}{share}: a "
            "search that improves nothing reaches it; choose a threshold beyond the baseline"
        )
        fields = (threshold.field, "spec.baseline.value")
        yield warning(LinterRule.SUCCESS_BELOW_BASELINE, fields, message, threshold=threshold.value, baseline=base)
