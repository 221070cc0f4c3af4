"""Decision points: does each answer every value, and can every rule decide?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby

from hposweep.api.decisions import STOP, DecisionPoint
from hposweep.api.spec import Spec
from hposweep.judge.criteria.threshold import baseline_value
from hposweep.judge.linter.criterion_paths import LocatedCriterion
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import number
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.thresholds import LocatedThreshold, thresholds
from hposweep.model.findings import ContractFinding
from hposweep.text import count


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for position, point in enumerate(spec.decision_points):
        path = f"spec.decisionPoints[{position}]"
        rules = [
            LocatedCriterion(f"{path}.rules[{index}].when", rule.when, point=point, rule=rule)
            for index, rule in enumerate(point.rules)
        ]
        simple = tuple(thresholds(spec, rules))
        if point.otherwise is None:
            yield _silent(path, point, simple)
        yield from _order(simple)
        yield from _never_true(path, point, rules)
        yield from _stop_below(spec, point, simple)


def _silent(path: str, point: DecisionPoint, simple: Sequence[LocatedThreshold]) -> ContractFinding:
    field = f"{path}.otherwise"
    gaps = []
    numbers: dict[str, float] = {}
    if len(simple) == len(point.rules) and not any(threshold.restriction for threshold in simple):
        for name, group in groupby(
            sorted(simple, key=lambda threshold: threshold.goal.name), key=lambda threshold: threshold.goal.name
        ):
            low, high = _gap(tuple(group))
            if _is_gap(low, high):
                gaps.append(f"a best `{name}` {_interval(low, high)}")
            numbers |= {key: end for key, end in (("low", low), ("high", high)) if end is not None}
        uncovered = " and ".join(gaps) or "a study without a best value"
    else:
        uncovered = f"the case that none of its {count(len(point.rules), 'rule')} is True"
    sentence = f"missing: decision point `{point.name}` has no answer for {uncovered}. Add `otherwise: Ask`."
    detail = "The other answers are `Continue` and `Stop`."
    return error(
        LinterRule.SILENT_DECISION, (field, *(threshold.field for threshold in simple)), sentence, detail, **numbers
    )


def _gap(group: Sequence[LocatedThreshold]) -> tuple[float | None, float | None]:
    """Return the highest threshold of the rules for low values, and the lowest one of the rules for high values."""
    below = [threshold.value for threshold in group if not threshold.is_above]
    above = [threshold.value for threshold in group if threshold.is_above]
    return max(below, default=None), min(above, default=None)


def _is_gap(low: float | None, high: float | None) -> bool:
    return low is None or high is None or low <= high


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"of {number(high)} or less" if high is not None else f"of {number(low or 0.0)} or more"
    return f"in [{number(low)}, {number(high)}]"


def _order(simple: Sequence[LocatedThreshold]) -> Iterator[ContractFinding]:
    """Warn of rules that an earlier one hides: the first rule that is True decides."""
    for earlier, later in combinations(simple, 2):
        if later.implies(earlier):
            sentence = "never decides: an earlier rule is True whenever this one is. Put the stricter rule first."
            detail = f"A best {_side(later)} is also {_side(earlier)} (`{earlier.field}`)."
            fields = (later.field, earlier.field)
            yield warning(
                LinterRule.UNREACHABLE_RULE, fields, sentence, detail, earlier=earlier.value, later=later.value
            )
        elif _overlaps(earlier, later) and _then(earlier) != _then(later):
            low, high = sorted((earlier.value, later.value))
            sentence = (
                f"a best between {number(low)} and {number(high)} matches this and a later rule. Move one threshold."
            )
            detail = (
                f"The first rule decides: {_then(earlier)}. The later one, `{later.field}`, says {_then(later)}. "
                "Nothing to do if that is meant."
            )
            yield warning(
                LinterRule.OVERLAPPING_RULES, (earlier.field, later.field), sentence, detail, low=low, high=high
            )


def _overlaps(threshold: LocatedThreshold, other: LocatedThreshold) -> bool:
    return threshold.is_about_the_same(other) and threshold.is_above != other.is_above and not threshold.excludes(other)


def _then(threshold: LocatedThreshold) -> str:
    return threshold.located.rule.then if threshold.located.rule is not None else ""


def _side(threshold: LocatedThreshold) -> str:
    return f"{'above' if threshold.is_above else 'below'} {number(threshold.value)}"


def _never_true(path: str, point: DecisionPoint, rules: Sequence[LocatedCriterion]) -> Iterator[ContractFinding]:
    """Warn of a rule that demands more trials than have finished when the point is decided."""
    if point.at.trials is None:
        return
    for located in rules:
        finished = located.criterion.trials_finished
        if finished is not None and finished.min > point.at.trials:
            fields = (f"{located.path}.trialsFinished.min", f"{path}.at.trials")
            sentence = (
                f"never True: {finished.min} trials are demanded, but the point is decided at {point.at.trials}. "
                "Lower it, or decide later."
            )
            detail = f"A point is decided once, at `{fields[1]}`."
            yield warning(LinterRule.UNREACHABLE_RULE, fields, sentence, detail, asked=finished.min, at=point.at.trials)


def _stop_below(spec: Spec, point: DecisionPoint, simple: Sequence[LocatedThreshold]) -> Iterator[ContractFinding]:
    """Warn when a best between the stop threshold and the baseline continues, although it is no improvement."""
    if point.otherwise == STOP or _is_early(spec, point):
        return
    stops = [
        threshold
        for threshold in simple
        if _then(threshold) == STOP and not threshold.is_better and not threshold.restriction
    ]
    for threshold in stops:
        base = baseline_value(spec, threshold.goal)
        is_short = base is not None and (
            threshold.value < base if threshold.goal.is_maximized else threshold.value > base
        )
        if base is None or not is_short or any(_covers(other, base) for other in stops):
            continue
        low, high = sorted((threshold.value, base))
        sentence = (
            f"stops at a best {_side(threshold)}, but the baseline is {number(base)}. Stop at {number(base)}, or set "
            "`otherwise: Stop`."
        )
        detail = f"A best between {number(low)} and {number(high)} is no improvement either, and does not stop."
        fields = (threshold.field, "spec.baseline.value")
        yield warning(
            LinterRule.STOP_BELOW_BASELINE, fields, sentence, detail, threshold=threshold.value, baseline=base
        )


def _covers(stop: LocatedThreshold, base: float) -> bool:
    return stop.value >= base if stop.goal.is_maximized else stop.value <= base


def _is_early(spec: Spec, point: DecisionPoint) -> bool:
    """Tell whether the baseline had more trials: then a lower best is no bad sign yet."""
    before = spec.baseline.trials if spec.baseline is not None else None
    return before is not None and point.at.trials is not None and point.at.trials < before
