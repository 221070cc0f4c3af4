"""Raise the thresholds of the next sweep to the best value reached. Called by `sweep`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hposweep.analysis.view import StudyView
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.text import number
from hpotrial.protocol.parameter_values import has_values


def raise_thresholds(spec: dict[str, Any], goals: tuple[StudyObjectiveSpec, ...], view: StudyView) -> Iterator[str]:
    """Change `bestValue` of tiers and stop rules in place, and yield a line for each.

    A rule that already holds says nothing about the next sweep. One that a trial did not reach stays.
    """
    if not view.trials:
        return
    for path, rule in _rules(spec):
        goal = next((item for item in goals if item.name == rule.get("objective", goals[0].name)), goals[0])
        place, restriction = goals.index(goal), rule.get("where") or {}
        values = [trial.values[place] for trial in view.trials if has_values(trial.params, restriction)]
        if not values:
            continue
        best = max(values) if goal.is_maximized else min(values)
        field = "greaterThan" if goal.is_maximized else "lessThan"
        threshold = rule.get(field)
        if not isinstance(threshold, int | float) or not _is_better(best, threshold, goal) or _is_limit(best, goal):
            continue
        rule[field] = best
        yield f"{path}.{field}: {number(best)}, was {number(threshold)}: the best value reached"


def _rules(spec: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for tier, criteria in (spec.get("success") or {}).items():
        yield from _of_list(f"success.{tier}", criteria)
    yield from _of_list("stopWhen", spec.get("stopWhen") or [])


def _of_list(path: str, criteria: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, criterion in enumerate(criteria):
        if "bestValue" in criterion:
            yield f"{path}[{place}].bestValue", criterion["bestValue"]
        yield from _of_list(f"{path}[{place}].anyOf", criterion.get("anyOf") or [])


def _is_better(value: float, threshold: float, goal: StudyObjectiveSpec) -> bool:
    return value > threshold if goal.is_maximized else value < threshold


def _is_limit(value: float, goal: StudyObjectiveSpec) -> bool:
    """Return whether nothing better is plausible."""
    if goal.range is None:
        return False
    limit = goal.range.max if goal.is_maximized else goal.range.min
    return limit is not None and not _is_better(limit, value, goal)
