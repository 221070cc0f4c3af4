"""Success criteria as users write them: `spec.success.<tier>[]`, one key each. `judge.criteria` decides them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BestValue:
    """The best value lies strictly beyond a number; exactly one of the two is given."""

    objective: str | None = None
    greater_than: float | None = None
    less_than: float | None = None


@dataclass(frozen=True, slots=True)
class TrialsFinished:
    """At least so many trials have ended (complete, pruned, or failed by their own fault)."""

    min: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a tier."""

    best_value: BestValue | None = None
    trials_finished: TrialsFinished | None = None
