"""`status` of an HPOSweep: what people read. Built whole by `report`, written by `apply`, read back by `cluster`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hposweep.api.conditions import COMPLETE, FAILED, Condition


@dataclass(frozen=True, slots=True)
class StudyStatus:
    """Which study it became."""

    name: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class TrialsStatus:
    """Trials by state. `finished` = complete + pruned + failed and charged; `charged` adds those that run.

    `retried` are further tries of earlier trials, `failures` all that failed, by class.
    """

    max: int
    finished: int = 0
    complete: int = 0
    pruned: int = 0
    failed: int = 0
    running: int = 0
    waiting: int = 0
    charged: int = 0
    retried: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BestStatus:
    """The best complete trial so far, or one of a front of so many. `value`: first objective, rounded for columns."""

    trial: int
    value: float
    values: Mapping[str, float]
    params: Mapping[str, Any]
    front: int | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkersStatus:
    """Pods of the search Job."""

    desired: int
    running: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class CriterionStatus:
    """What one criterion measured."""

    criterion: str
    outcome: str
    message: str
    value: float | None = None
    threshold: float | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class TierStatus:
    """What one tier came to."""

    tier: str
    outcome: str
    criteria: tuple[CriterionStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """The whole of it; equal statuses are not written twice."""

    observed_generation: int
    state: str
    message: str
    study: StudyStatus
    trials: TrialsStatus
    progress: str
    workers: WorkersStatus
    replicas: int
    selector: str
    best: BestStatus | None = None
    start_time: datetime | None = None
    completion_time: datetime | None = None
    success: tuple[TierStatus, ...] = ()
    conditions: tuple[Condition, ...] = field(default=())

    def condition(self, kind: str) -> Condition | None:
        return next((condition for condition in self.conditions if condition.type == kind), None)

    @property
    def has_ended(self) -> bool:
        """Complete and Failed are latched: a sweep that has ended stays so."""
        return any(condition.is_true for condition in self.conditions if condition.type in (COMPLETE, FAILED))
