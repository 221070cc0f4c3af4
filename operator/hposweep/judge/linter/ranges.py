"""Thresholds against what a value can be, and against the direction in which it is to go."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.spec import Spec, StudyObjectiveSpec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import number
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.thresholds import LocatedThreshold, thresholds
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    found = tuple(thresholds(spec))
    for threshold in found:
        yield from _against_range(spec, threshold)
        is_window = any(
            other.placed.tier == threshold.placed.tier and other.is_better for other in _same(threshold, found)
        )
        if threshold.placed.tier and not threshold.is_better and not is_window:
            yield _wrong_direction(spec, threshold)
    yield from _baseline(spec)


def _against_range(spec: Spec, threshold: LocatedThreshold) -> Iterator[ContractFinding]:
    bounds, value = threshold.goal.range, threshold.value
    if bounds is None:
        return
    least, most = bounds.min, bounds.max
    fields = (threshold.field, f"{_objective(spec, threshold.goal)}.range")
    asked = _asked(threshold)
    known = f"`{threshold.goal.name}` lies between {_bound(least)} and {_bound(most)} by its `range`"
    end, other_end = (most, least) if threshold.is_above else (least, most)
    if end is not None and (value >= end if threshold.is_above else value <= end):
        message = f"{asked}, but {known}: it can never hold; choose a threshold inside, or mend the range"
        yield error(LinterRule.NEVER_HOLDS, fields, message, threshold=value, min=least, max=most)
    elif other_end is not None and (value < other_end if threshold.is_above else value > other_end):
        message = f"{asked}, but {known}: it holds whatever happens; choose a threshold inside, or leave it out"
        yield warning(LinterRule.ALWAYS_HOLDS, fields, message, threshold=value, min=least, max=most)


def _wrong_direction(spec: Spec, threshold: LocatedThreshold) -> ContractFinding:
    field = f"{_objective(spec, threshold.goal)}.direction"
    wanted = "greaterThan" if threshold.goal.is_maximized else "lessThan"
    message = (
        f"{_asked(threshold)}, but `{field}` is {threshold.goal.direction}: a search that goes well would break it; "
        f"write `{wanted}`, or give the tier a `{wanted}` on `{threshold.goal.name}` as well when a window is meant"
    )
    return error(LinterRule.WRONG_DIRECTION, (threshold.field, field), message, threshold=threshold.value)


def _baseline(spec: Spec) -> Iterator[ContractFinding]:
    value = spec.baseline.value if spec.baseline is not None else None
    goal = spec.study.objectives[0] if spec.study.objectives else None
    if value is None or goal is None or goal.range is None:
        return
    least, most = goal.range.min, goal.range.max
    if (least is not None and value < least) or (most is not None and value > most):
        message = (
            f"`spec.baseline.value` is {number(value)}, outside the `range` of `{goal.name}` from {_bound(least)} to "
            f"{_bound(most)}; mend the one or the other"
        )
        fields = ("spec.baseline.value", f"{_objective(spec, goal)}.range")
        yield error(LinterRule.BASELINE_OUTSIDE_RANGE, fields, message, value=value, min=least, max=most)


def _same(threshold: LocatedThreshold, among: tuple[LocatedThreshold, ...]) -> Iterator[LocatedThreshold]:
    return (other for other in among if other is not threshold and other.goal.name == threshold.goal.name)


def _asked(threshold: LocatedThreshold) -> str:
    side = "more" if threshold.is_above else "less"
    return f"`{threshold.field}` asks for {side} than {number(threshold.value)}"


def _bound(value: float | None) -> str:
    return "any number" if value is None else number(value)


def _objective(spec: Spec, goal: StudyObjectiveSpec) -> str:
    return f"spec.study.objectives[{[other.name for other in spec.study.objectives].index(goal.name)}]"
