"""`spec.study.constraints[]`: a number that a trial records, and the bound that makes the trial feasible."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConstraintSpec:
    """The user attribute `name` of a trial must be on one side of a bound: exactly one of the two is given."""

    name: str
    less_than: float | None = None
    greater_than: float | None = None
