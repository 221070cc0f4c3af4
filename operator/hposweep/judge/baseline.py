"""The baseline's best value of an objective, or why there is none. Called by criteria, comparison and linter."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.judge.evidence import Evidence


@dataclass(frozen=True, slots=True)
class MissingBaseline:
    """The reason why there is no value to compare with. `is_temporary`: it may pass by itself."""

    message: str
    is_temporary: bool = False


def improved(baseline: float, share: float, *, is_maximized: bool) -> float:
    """Return the value that is better than the baseline by this share of its size."""
    step = abs(baseline) * share
    return baseline + step if is_maximized else baseline - step


def reference(evidence: Evidence, place: int) -> float | MissingBaseline:
    """Return the baseline's best value of the objective at that index."""
    baseline, goal = evidence.baseline, evidence.goals[place]
    if baseline is None:
        return MissingBaseline("the sweep has no `spec.baseline`")
    if baseline.fault:
        return MissingBaseline(baseline.fault, baseline.is_temporary)
    if place == 0 and baseline.best is not None:
        return baseline.best
    if baseline.history is None:
        first = evidence.goals[0].name
        return MissingBaseline(f"`spec.baseline.value` is a value of {first}; there is none for {goal.name}")
    values = [trial.values[place] for trial in baseline.history.valued if len(trial.values) > place]
    if not values:
        return MissingBaseline(f"the baseline study `{baseline.study}` has no complete trial")
    return max(values) if goal.is_maximized else min(values)
