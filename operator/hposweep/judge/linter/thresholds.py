"""What `bestValue` asks for, as a number on its objective's own scale. Rules about values start from here."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hposweep.api.criteria import BestValue
from hposweep.api.spec import Spec, StudyObjectiveSpec
from hposweep.judge.baseline import improved
from hposweep.judge.linter.criterion_paths import Placed, criteria

_PERCENTAGE = re.compile(r"([0-9]+(?:[.][0-9]+)?)\s?%")


@dataclass(frozen=True, slots=True)
class Threshold:
    """The best value must lie strictly beyond `value`: above it, or below it."""

    placed: Placed
    goal: StudyObjectiveSpec
    value: float
    is_above: bool
    share: float | None = None  # when it is relative to the baseline: 0.05

    @property
    def field(self) -> str:
        if self.share is not None:
            return f"{self.placed.path}.bestValue.improvesBaselineBy"
        return f"{self.placed.path}.bestValue.{'greaterThan' if self.is_above else 'lessThan'}"

    @property
    def is_better(self) -> bool:
        """It asks for good values, not for bad ones."""
        return self.is_above == self.goal.is_maximized

    def implies(self, other: Threshold) -> bool:
        """Whatever lies beyond this one lies beyond the other."""
        if self.goal.name != other.goal.name or self.is_above != other.is_above:
            return False
        return self.value >= other.value if self.is_above else self.value <= other.value

    def excludes(self, other: Threshold) -> bool:
        """Nothing lies beyond both."""
        if self.goal.name != other.goal.name or self.is_above == other.is_above:
            return False
        lower, upper = (self.value, other.value) if self.is_above else (other.value, self.value)
        return lower >= upper


def thresholds(spec: Spec, among: Iterable[Placed] | None = None) -> Iterator[Threshold]:
    """Of every `bestValue` whose objective exists and whose number is known."""
    for placed in criteria(spec) if among is None else among:
        best = placed.criterion.best_value
        goal = goal_of(spec, best) if best is not None else None
        if best is None or goal is None:
            continue
        if best.greater_than is not None:
            yield Threshold(placed, goal, best.greater_than, is_above=True)
        elif best.less_than is not None:
            yield Threshold(placed, goal, best.less_than, is_above=False)
        elif best.improves_baseline_by is not None:
            yield from _relative(spec, placed, goal, best.improves_baseline_by)


def goal_of(spec: Spec, best: BestValue) -> StudyObjectiveSpec | None:
    """The objective that is meant: the first when none is named."""
    goals = spec.study.objectives
    if best.objective is None:
        return goals[0] if goals else None
    return next((goal for goal in goals if goal.name == best.objective), None)


def percentage(text: str) -> float | None:
    """The first `12%` or `12 %` in a text, as 0.12."""
    found = _PERCENTAGE.search(text)
    return float(found[1]) / 100 if found else None


def baseline_value(spec: Spec, goal: StudyObjectiveSpec) -> float | None:
    """The baseline's best, as far as the spec itself says it: it is of the first objective."""
    is_first = bool(spec.study.objectives) and goal.name == spec.study.objectives[0].name
    value = spec.baseline.value if spec.baseline is not None and is_first else None
    return value if value is not None and math.isfinite(value) else None


def _relative(spec: Spec, placed: Placed, goal: StudyObjectiveSpec, text: str) -> Iterator[Threshold]:
    base, share = baseline_value(spec, goal), percentage(text)
    if base is not None and share is not None:
        yield Threshold(
            placed, goal, improved(base, share, is_maximized=goal.is_maximized), is_above=goal.is_maximized, share=share
        )
