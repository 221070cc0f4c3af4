"""Values of the baseline trial outside the range of their objective. Called by `baseline_trial`."""

from __future__ import annotations

from hposweep.api.spec import ValueRange
from hposweep.api.sweep import Sweep
from hposweep.model.history import Trial
from hposweep.text import number

# The range itself cannot be changed after creation, so that a wrong one needs the second remedy.
RANGE_ADVICE = "Correct the objective, or set `spec.preflight.failurePolicy: Warn`"


def outside_range(sweep: Sweep, trial: Trial) -> str:
    """Return a sentence with value, range and field for each value outside its range; an empty text otherwise."""
    goals = zip(sweep.spec.study.objectives, trial.values, strict=False)
    parts = [
        f"its {goal.name} {number(value)} is outside `spec.study.objectives[{place}].range` ({_words(goal.range)})"
        for place, (goal, value) in enumerate(goals)
        if goal.range is not None and not _is_inside(goal.range, value)
    ]
    return " and ".join(parts)


def only_warns(sweep: Sweep) -> bool:
    """Return whether such a value is a warning."""
    return sweep.spec.preflight is not None and sweep.spec.preflight.only_warns


def _is_inside(bounds: ValueRange, value: float) -> bool:
    return (bounds.min is None or value >= bounds.min) and (bounds.max is None or value <= bounds.max)


def _words(bounds: ValueRange) -> str:
    if bounds.min is None or bounds.max is None:
        return f"at least {number(bounds.min)}" if bounds.min is not None else f"at most {number(bounds.max)}"
    return f"{number(bounds.min)} to {number(bounds.max)}"
