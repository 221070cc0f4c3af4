"""The baseline: is it there, is it comparable, and are thresholds on the right side of it?"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.spec import Spec
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.criteria.threshold import baseline_value, goal_of
from hposweep.judge.linter.criterion_paths import LocatedCriterion, flat_criteria
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import alternatives, number, percent
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.thresholds import thresholds
from hposweep.model.findings import ContractFinding

FAIR_RATIO = 1.5  # of two budgets; beyond it the larger search finds a better best by chance alone


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for located in flat_criteria(spec):
        field = _baseline_field(located)
        if field is not None:
            yield from _missing(spec, field)
        yield from _relative(spec, located)
        is_decidable = spec.champions is not None and located.tier
        if located.criterion.improvement_is_real is not None and not is_decidable:
            yield _stays_unknown(located)
    yield from _unequal_budget(spec)
    yield from _success_below(spec)


def _baseline_field(located: LocatedCriterion) -> str | None:
    fields = (kind.baseline_field(requirement) for kind, requirement in kinds_of(located.criterion))
    return next((f"{located.path}.{field}" for field in fields if field is not None), None)


def _missing(spec: Spec, field: str) -> Iterator[ContractFinding]:
    baseline = spec.baseline
    if baseline is None or (baseline.study is None and baseline.value is None):
        fields = (field, "spec.baseline.study", "spec.baseline.value")
        sentence = f"there is no baseline to compare with. Set {alternatives(fields[1:])}."
        detail = "The first names an earlier study, the second is its best value."
        yield error(LinterRule.BASELINE_MISSING, fields, sentence, detail)


def _relative(spec: Spec, located: LocatedCriterion) -> Iterator[ContractFinding]:
    best = located.criterion.best_value
    if best is None or best.improves_baseline_by is None:
        return
    field = f"{located.path}.bestValue.improvesBaselineBy"
    first, goal = spec.study.objectives[:1], goal_of(spec, best)
    if goal is None or not first:
        return
    better = "greaterThan" if goal.is_maximized else "lessThan"
    is_number = spec.baseline is not None and spec.baseline.value is not None  # a study has values of all objectives
    if goal.name != first[0].name and is_number:
        fields = (field, "spec.study.objectives", "spec.baseline.value")
        sentence = f"`{fields[2]}` belongs to `{first[0].name}`, not to `{goal.name}`. Use `{better}`."
        detail = (
            f"The number is the value of the first of `{fields[1]}`. Or name `{goal.name}` first there, or give an "
            "earlier study as baseline."
        )
        yield error(LinterRule.BASELINE_OF_ANOTHER_OBJECTIVE, fields, sentence, detail)
    elif baseline_value(spec, goal) == 0:
        sentence = f"{best.improves_baseline_by} of a baseline of 0 is 0. Use `{better}` with the number itself."
        yield error(LinterRule.BASELINE_IS_ZERO, (field, "spec.baseline.value"), sentence, baseline=0)


def _stays_unknown(located: LocatedCriterion) -> ContractFinding:
    subject = f"tier `{located.tier}`" if located.tier else "this rule"
    advice = "Set `spec.champions`, or use `improvesBaselineBy`." if located.tier else "Use `improvesBaselineBy`."
    sentence = f"the search alone cannot show this, so {subject} is never True by it. {advice}"
    detail = (
        "It needs the best configurations trained again with other seeds, which `spec.champions` does after the "
        "search. Until then the criterion is Unknown. `bestValue` with `improvesBaselineBy` can be met before."
    )
    return warning(LinterRule.IMPROVEMENT_STAYS_UNKNOWN, (f"{located.path}.improvementIsReal",), sentence, detail)


def _unequal_budget(spec: Spec) -> Iterator[ContractFinding]:
    before, now = (spec.baseline.trials if spec.baseline is not None else None), spec.trials.max
    comparing = [located.path for located in flat_criteria(spec) if _baseline_field(located) is not None]
    if not before or before < 1 or now < 1 or not comparing:
        return
    ratio = max(now, before) / min(now, before)
    if ratio <= FAIR_RATIO:
        return
    if now > before:
        reason = (
            "The larger search finds a better best by chance alone (of two equal searches with 100 and 20 trials, in "
            "86 to 91 of 100 cases)."
        )
    else:
        reason = "The smaller search finds a worse best by chance alone, and may improve without showing it."
    sentence = (
        f"the best of {now} trials (`spec.trials.max`) is compared with the baseline's best of {before}. Demand a "
        "larger improvement."
    )
    detail = f"{reason} `status.baseline` compares at equal budget. The comparison is `{comparing[0]}`."
    fields = ("spec.baseline.trials", "spec.trials.max", *comparing)
    numbers = {"baseline": before, "trials": now, "ratio": ratio}
    yield warning(LinterRule.BESTS_AT_UNEQUAL_BUDGET, fields, sentence, detail, **numbers)


def _success_below(spec: Spec) -> Iterator[ContractFinding]:
    """Warn of a tier that a search reaches without any improvement."""
    for threshold in thresholds(spec):
        base = baseline_value(spec, threshold.goal)
        if base is None or not threshold.located.tier or not threshold.is_better or threshold.share is not None:
            continue
        if threshold.restriction:  # a part of the space may well be worse than the baseline's best
            continue
        gain = (threshold.value - base) * (1 if threshold.goal.is_maximized else -1)
        if gain >= 0:
            continue
        share = f" ({percent(gain / abs(base), signed=True)})" if base else ""
        sentence = (
            f"{number(threshold.value)} is worse than the baseline's {number(base)}{share}. Choose a threshold beyond "
            "the baseline."
        )
        detail = "A search that improves nothing reaches it."
        fields = (threshold.field, "spec.baseline.value")
        yield warning(
            LinterRule.SUCCESS_BELOW_BASELINE, fields, sentence, detail, threshold=threshold.value, baseline=base
        )
