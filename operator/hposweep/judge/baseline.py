"""The baseline's best value of an objective, or the sentence why there is none. Criteria, comparison and linter ask."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.judge.evidence import Evidence


@dataclass(frozen=True, slots=True)
class MissingBaseline:
    """Why nothing can be compared with. `is_temporary`: it may pass by itself."""

    message: str
    is_temporary: bool = False


def improved(baseline: float, share: float, *, is_maximized: bool) -> float:
    """What is better than the baseline by this share of its size."""
    step = abs(baseline) * share
    return baseline + step if is_maximized else baseline - step


def reference(evidence: Evidence, place: int) -> float | MissingBaseline:
    """The best value of the objective at that place."""
    baseline, goal = evidence.baseline, evidence.goals[place]
    if baseline is None:
        return MissingBaseline("the sweep has no `spec.baseline` to compare with")
    if baseline.fault:
        return MissingBaseline(baseline.fault, baseline.is_temporary)
    if place == 0 and baseline.best is not None:
        return baseline.best
    if baseline.history is None:
        return MissingBaseline(f"`spec.baseline.value` is of {evidence.goals[0].name}, and says nothing of {goal.name}")
    values = [trial.values[place] for trial in baseline.history.valued if len(trial.values) > place]
    if not values:
        return MissingBaseline(f"no trial of the baseline `{baseline.study}` is complete")
    return max(values) if goal.is_maximized else min(values)
