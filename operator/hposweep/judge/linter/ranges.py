"""Thresholds compared with the range of their objective and with the direction of the search."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.spec import Spec, StudyObjectiveSpec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import number
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.thresholds import LocatedThreshold, thresholds
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    all_thresholds = tuple(thresholds(spec))
    for threshold in all_thresholds:
        yield from _against_range(spec, threshold)
        if not threshold.is_better and _must_be_better(threshold, all_thresholds):
            yield _wrong_direction(spec, threshold)
    yield from _baseline(spec)


def _against_range(spec: Spec, threshold: LocatedThreshold) -> Iterator[ContractFinding]:
    bounds, value, goal = threshold.goal.range, threshold.value, threshold.goal
    if bounds is None:
        return
    fields = (threshold.field, f"{_objective(spec, goal)}.range")
    side = f"{_side(threshold)} than {number(value)}"
    detail = f"By `{fields[1]}` it is between {_bound(bounds.min)} and {_bound(bounds.max)}."
    end, other_end = (bounds.max, bounds.min) if threshold.is_above else (bounds.min, bounds.max)
    if end is not None and (value >= end if threshold.is_above else value <= end):
        sentence = f"never holds: `{goal.name}` cannot be {side}. Choose a threshold inside its range."
        yield error(LinterRule.NEVER_HOLDS, fields, sentence, detail, threshold=value, min=bounds.min, max=bounds.max)
    elif other_end is not None and (value < other_end if threshold.is_above else value > other_end):
        sentence = f"always holds: `{goal.name}` is always {side}. Choose a threshold inside its range, or remove it."
        yield warning(
            LinterRule.ALWAYS_HOLDS, fields, sentence, detail, threshold=value, min=bounds.min, max=bounds.max
        )


def _must_be_better(threshold: LocatedThreshold, all_thresholds: tuple[LocatedThreshold, ...]) -> bool:
    """Return whether bad values make no sense here: in a goal, and in a tier unless they are one end of a window."""
    tier = threshold.located.tier
    is_window = any(other.located.tier == tier and other.is_better for other in _others(threshold, all_thresholds))
    return threshold.located.is_stop_rule or (bool(tier) and not is_window)


def _wrong_direction(spec: Spec, threshold: LocatedThreshold) -> ContractFinding:
    goal, field = threshold.goal, f"{_objective(spec, threshold.goal)}.direction"
    better = "greaterThan" if goal.is_maximized else "lessThan"
    sentence = (
        f"demands {_side(threshold)} than {number(threshold.value)}, but `{field}` is {goal.direction}. Use `{better}`."
    )
    detail = (
        "The first bad trial would stop the sweep. To stop a search that goes badly, use a decision point."
        if threshold.located.is_stop_rule
        else f"A search that goes well would break this criterion. For a window add a `{better}` on `{goal.name}` to "
        "the tier."
    )
    return error(LinterRule.WRONG_DIRECTION, (threshold.field, field), sentence, detail, threshold=threshold.value)


def _baseline(spec: Spec) -> Iterator[ContractFinding]:
    value = spec.baseline.value if spec.baseline is not None else None
    goal = spec.study.objectives[0] if spec.study.objectives else None
    if value is None or goal is None or goal.range is None:
        return
    low, high = goal.range.min, goal.range.max
    if (low is not None and value < low) or (high is not None and value > high):
        fields = ("spec.baseline.value", f"{_objective(spec, goal)}.range")
        sentence = (
            f"outside the range of `{goal.name}` (got {number(value)}; allowed from {_bound(low)} to {_bound(high)}). "
            "Fix one of the two."
        )
        detail = f"The range is `{fields[1]}`."
        yield error(LinterRule.BASELINE_OUTSIDE_RANGE, fields, sentence, detail, value=value, min=low, max=high)


def _others(threshold: LocatedThreshold, among: tuple[LocatedThreshold, ...]) -> Iterator[LocatedThreshold]:
    return (other for other in among if other is not threshold and other.goal.name == threshold.goal.name)


def _side(threshold: LocatedThreshold) -> str:
    return "more" if threshold.is_above else "less"


def _bound(value: float | None) -> str:
    return "any number" if value is None else number(value)


def _objective(spec: Spec, goal: StudyObjectiveSpec) -> str:
    return f"spec.study.objectives[{[other.name for other in spec.study.objectives].index(goal.name)}]"
