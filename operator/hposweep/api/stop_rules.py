"""Rules that end a sweep early, as users write them (`spec.stopWhen[]`). `judge.stop_when` decides them."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.api.criteria import BestValue


@dataclass(frozen=True, slots=True)
class NoImprovement:
    """The last `trials` complete or pruned trials brought no better best, and there are at least `min_trials`."""

    trials: int
    min_trials: int = 0


@dataclass(frozen=True, slots=True)
class FailedRatioLimit:
    """More than this share of the finished trials, of which there are at least `min_trials`, failed by own fault."""

    greater_than: float
    min_trials: int = 10


@dataclass(frozen=True, slots=True)
class StopRule:
    """One entry: exactly one field is given. Each field is a kind with a module in `judge.stop_when`."""

    best_value: BestValue | None = None
    no_improvement: NoImprovement | None = None
    failed_ratio: FailedRatioLimit | None = None
