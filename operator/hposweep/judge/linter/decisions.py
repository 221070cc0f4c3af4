"""Decision points: does each have an answer to every value, is every rule ever asked, and do they come in time?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby

from hposweep.api.decisions import STOP, DecisionPoint
from hposweep.api.spec import Spec
from hposweep.judge.criteria.threshold import baseline_value
from hposweep.judge.linter.criterion_paths import Placed
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import number
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.thresholds import LocatedThreshold, thresholds
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for position, point in enumerate(spec.decision_points):
        path = f"spec.decisionPoints[{position}]"
        rules = [
            Placed(f"{path}.rules[{place}].when", rule.when, point=point, rule=rule)
            for place, rule in enumerate(point.rules)
        ]
        simple = tuple(thresholds(spec, rules))
        if point.otherwise is None:
            yield _silent(path, point, simple)
        yield from _order(simple)
        yield from _never_asked(path, point, rules)
        yield from _stop_below(spec, point, simple)


def _silent(path: str, point: DecisionPoint, simple: Sequence[LocatedThreshold]) -> ContractFinding:
    field = f"{path}.otherwise"
    advice = f"say what then: `{field}: Ask` (or Continue, or Stop)"
    gaps = []
    numbers: dict[str, float] = {}
    if len(simple) == len(point.rules):
        for name, group in groupby(sorted(simple, key=lambda one: one.goal.name), key=lambda one: one.goal.name):
            low, high = _gap(tuple(group))
            gaps.append(f"a best `{name}` {_interval(low, high)}" if _is_gap(low, high) else "no value at all")
            numbers |= {key: end for key, end in (("low", low), ("high", high)) if end is not None}
    silent = " and ".join(gaps) or f"the case that none of its {len(point.rules)} rules is True"
    message = f"`{field}` is missing, and decision point `{point.name}` is silent on {silent}; {advice}"
    fields = (field, *(one.field for one in simple))
    return error(LinterRule.SILENT_DECISION, fields, message, **numbers)


def _gap(group: Sequence[LocatedThreshold]) -> tuple[float | None, float | None]:
    """Between the highest upper end of what lies below and the lowest lower end of what lies above."""
    below = [one.value for one in group if not one.is_above]
    above = [one.value for one in group if one.is_above]
    return max(below, default=None), min(above, default=None)


def _is_gap(low: float | None, high: float | None) -> bool:
    return low is None or high is None or low <= high


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"of {number(high)} or less" if high is not None else f"of {number(low or 0.0)} or more"
    return f"in [{number(low)}, {number(high)}]"


def _order(simple: Sequence[LocatedThreshold]) -> Iterator[ContractFinding]:
    """The first rule that is True decides: a later one that implies it never does."""
    for earlier, later in combinations(simple, 2):
        if later.implies(earlier):
            message = (
                f"`{later.placed.path}` is never reached: whenever the best is {_side(later)}, it is {_side(earlier)} "
                f"as well, and `{earlier.placed.path}` stands first and decides; put the stricter rule first"
            )
            fields = (later.field, earlier.field)
            yield warning(LinterRule.UNREACHABLE_RULE, fields, message, earlier=earlier.value, later=later.value)
        elif _overlaps(earlier, later) and _then(earlier) != _then(later):
            low, high = sorted((earlier.value, later.value))
            message = (
                f"a best between {number(low)} and {number(high)} makes both `{earlier.placed.path}` "
                f"({_then(earlier)}) and `{later.placed.path}` ({_then(later)}) True; the first decides: "
                f"{_then(earlier)}; move one threshold if that is not meant"
            )
            fields = (earlier.field, later.field)
            yield warning(LinterRule.OVERLAPPING_RULES, fields, message, low=low, high=high)


def _overlaps(one: LocatedThreshold, other: LocatedThreshold) -> bool:
    return one.goal.name == other.goal.name and one.is_above != other.is_above and not one.excludes(other)


def _then(threshold: LocatedThreshold) -> str:
    return threshold.placed.rule.then if threshold.placed.rule is not None else ""


def _side(threshold: LocatedThreshold) -> str:
    return f"{'above' if threshold.is_above else 'below'} {number(threshold.value)}"


def _never_asked(path: str, point: DecisionPoint, rules: Sequence[Placed]) -> Iterator[ContractFinding]:
    """A rule on more trials than there are at that moment."""
    if point.at.trials is None:
        return
    for placed in rules:
        finished = placed.criterion.trials_finished
        if finished is not None and finished.min > point.at.trials:
            field = f"{placed.path}.trialsFinished.min"
            message = (
                f"`{field}` is {finished.min}, but `{path}.at.trials` is {point.at.trials}, and a point is decided "
                "once, then: the rule is never True; lower the one or raise the other"
            )
            fields = (field, f"{path}.at.trials")
            yield warning(LinterRule.UNREACHABLE_RULE, fields, message, asked=finished.min, at=point.at.trials)


def _stop_below(spec: Spec, point: DecisionPoint, simple: Sequence[LocatedThreshold]) -> Iterator[ContractFinding]:
    """What lies between a threshold that stops and the baseline is no improvement either, and goes on."""
    if point.otherwise == STOP or _is_early(spec, point):
        return
    stops = [one for one in simple if _then(one) == STOP and not one.is_better]
    for one in stops:
        base = baseline_value(spec, one.goal)
        is_short = base is not None and (one.value < base if one.goal.is_maximized else one.value > base)
        if base is None or not is_short or any(_covers(other, base) for other in stops):
            continue
        low, high = sorted((one.value, base))
        message = (
            f"`{one.field}` stops at a best {_side(one)}, but the baseline is {number(base)} already: a best between "
            f"{number(low)} and {number(high)} is no improvement either, and does not stop; stop at {number(base)}, or "
            "let `otherwise` be Stop"
        )
        fields = (one.field, "spec.baseline.value")
        yield warning(LinterRule.STOP_BELOW_BASELINE, fields, message, threshold=one.value, baseline=base)


def _covers(stop: LocatedThreshold, base: float) -> bool:
    return stop.value >= base if stop.goal.is_maximized else stop.value <= base


def _is_early(spec: Spec, point: DecisionPoint) -> bool:
    """With fewer trials than the baseline had, a lower best is no bad sign yet, and a lower threshold is right."""
    before = spec.baseline.trials if spec.baseline is not None else None
    return before is not None and point.at.trials is not None and point.at.trials < before
