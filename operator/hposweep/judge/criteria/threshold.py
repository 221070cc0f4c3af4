"""The number that a `bestValue` demands, on the scale of its objective. `best_value` and the linter use it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from hposweep.api.criteria import BestValue
from hposweep.api.spec import Spec, StudyObjectiveSpec
from hposweep.judge.baseline import improved
from hposweep.judge.criteria.where import Restriction, contains

_PERCENTAGE = re.compile(r"([0-9]+(?:[.][0-9]+)?)\s?%")


@dataclass(frozen=True, slots=True)
class Threshold:
    """The best value must lie strictly beyond `value`: above it, or below it."""

    goal: StudyObjectiveSpec
    value: float
    is_above: bool
    share: float | None = None  # when it is relative to the baseline: 0.05
    restriction: Restriction = field(default_factory=dict)  # the only trials that count

    @property
    def is_better(self) -> bool:
        """It asks for good values, not for bad ones."""
        return self.is_above == self.goal.is_maximized

    def is_about_the_same(self, other: Threshold) -> bool:
        """Return whether both bound the best value of one objective among the same trials."""
        same_trials = contains(self.restriction, other.restriction) and contains(other.restriction, self.restriction)
        return self.goal.name == other.goal.name and same_trials

    def implies(self, other: Threshold) -> bool:
        """Every value beyond this threshold is beyond the other one."""
        if self.goal.name != other.goal.name or self.is_above != other.is_above:
            return False
        # The best of some trials is no better than the best of all.
        better, worse = (self, other) if self.is_better else (other, self)
        if not contains(worse.restriction, better.restriction):
            return False
        return self.value >= other.value if self.is_above else self.value <= other.value

    def excludes(self, other: Threshold) -> bool:
        """No value is beyond both thresholds."""
        if self.goal.name != other.goal.name or self.is_above == other.is_above:
            return False
        better, worse = (self, other) if self.is_better else (other, self)
        if not contains(worse.restriction, better.restriction):
            return False
        lower, upper = (self.value, other.value) if self.is_above else (other.value, self.value)
        return lower >= upper


def threshold_of(spec: Spec, criterion: BestValue) -> Threshold | None:
    """Return the threshold; None when its objective does not exist or its number is unknown before the sweep."""
    goal, restriction = goal_of(spec, criterion), criterion.where or {}
    if goal is None:
        return None
    if criterion.greater_than is not None:
        return Threshold(goal, criterion.greater_than, is_above=True, restriction=restriction)
    if criterion.less_than is not None:
        return Threshold(goal, criterion.less_than, is_above=False, restriction=restriction)
    base = baseline_value(spec, goal)
    share = None if criterion.improves_baseline_by is None else percentage(criterion.improves_baseline_by)
    if base is None or share is None:
        return None
    value = improved(base, share, is_maximized=goal.is_maximized)
    return Threshold(goal, value, is_above=goal.is_maximized, share=share, restriction=restriction)


def goal_of(spec: Spec, criterion: BestValue) -> StudyObjectiveSpec | None:
    """Return the objective that is meant: the first when none is named, None when the name is unknown."""
    goals = spec.study.objectives
    if criterion.objective is None:
        return goals[0] if goals else None
    return next((goal for goal in goals if goal.name == criterion.objective), None)


def percentage(text: str) -> float | None:
    """Return the first `12%` or `12 %` of a text as 0.12."""
    match = _PERCENTAGE.search(text)
    return float(match[1]) / 100 if match else None


def baseline_value(spec: Spec, goal: StudyObjectiveSpec) -> float | None:
    """Return the baseline's best value as far as the spec itself has it: it belongs to the first objective."""
    is_first = bool(spec.study.objectives) and goal.name == spec.study.objectives[0].name
    value = spec.baseline.value if spec.baseline is not None and is_first else None
    return value if value is not None and math.isfinite(value) else None
