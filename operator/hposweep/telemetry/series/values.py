"""The best values, and the numbers that they are compared with, on the same scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hposweep.api.criteria import SingleCriterion
from hposweep.api.status import CriterionStatus
from hposweep.telemetry.series.series import Row, Rows, Series, Snapshot, gauge, number

_CRITERION = "bestValue"
_OBJECTIVE = "name of the objective"


def _best(snapshot: Snapshot) -> Rows:
    status = snapshot.status.best
    best_values: Mapping[str, float] = snapshot.facts.best or (status.values if status is not None else {})
    for goal in snapshot.sweep.spec.study.objectives:
        if goal.name in best_values:
            yield (goal.name, goal.direction.lower()), best_values[goal.name]


def _thresholds(snapshot: Snapshot) -> Iterator[Row]:
    """Pair the criteria of the spec with their verdicts, which have the threshold as a number."""
    for tier in snapshot.status.success:
        criteria = snapshot.sweep.spec.success.get(tier.tier, ())
        for position, (criterion, verdict) in enumerate(zip(criteria, tier.criteria, strict=False)):
            for path, part, threshold in _parts(str(position), criterion.parts, verdict):
                if part.best_value is not None and not part.best_value.where and threshold is not None:
                    goal = part.best_value.objective or snapshot.sweep.spec.study.objectives[0].name
                    yield (tier.tier, goal, path), threshold


def _parts(
    path: str, parts: tuple[SingleCriterion, ...], verdict: CriterionStatus
) -> Iterator[tuple[str, SingleCriterion, float | None]]:
    if verdict.criterion == _CRITERION:
        yield path, parts[0], verdict.threshold
        return
    evidence = verdict.evidence or {}
    for position, part in enumerate(parts):
        numbers = evidence.get(f"{position}.{_CRITERION}")
        yield f"{path}.{position}", part, numbers.get("threshold") if isinstance(numbers, Mapping) else None


def _baseline(snapshot: Snapshot) -> Rows:
    baseline = snapshot.status.baseline
    return number(baseline.best if baseline is not None else None, snapshot.sweep.spec.study.objectives[0].name)


SERIES: tuple[Series, ...] = (
    gauge(
        "hposweep_best_value",
        "Best value of each objective among the complete trials. Absent before the first.",
        _best,
        objective=_OBJECTIVE,
        direction="minimize, maximize",
    ),
    gauge(
        "hposweep_best_value_threshold",
        "Value that the best must be beyond, of each criterion `bestValue` that counts all trials; a share of the "
        "baseline as a number.",
        _thresholds,
        tier="name of the tier",
        objective=_OBJECTIVE,
        position="place of the criterion in its tier, from `0`; `1.0` is the first of an `anyOf` at place 1",
    ),
    gauge(
        "hposweep_baseline_value",
        "Best value of the baseline. Absent without one.",
        _baseline,
        objective="name of the first objective",
    ),
    gauge(
        "hposweep_baseline_trials",
        "Finished trials of the baseline. Absent where they are unknown.",
        lambda snapshot: number(snapshot.status.baseline.trials if snapshot.status.baseline is not None else None),
    ),
)
