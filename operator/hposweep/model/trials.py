"""The study as it is: counts, the best trial, those that run. Made by `database`, read by the pure floors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Counts:
    """Trials by state. `uncharged` are the failed ones that do not count against the budget."""

    complete: int = 0
    pruned: int = 0
    failed: int = 0
    running: int = 0
    waiting: int = 0
    uncharged: int = 0

    @property
    def finished(self) -> int:
        """Ended, and counted: the denominator of every ratio."""
        return self.complete + self.pruned + self.failed - self.uncharged

    @property
    def charged(self) -> int:
        """What the budget has spent or promised."""
        return self.finished + self.running


@dataclass(frozen=True, slots=True)
class BestTrial:
    """The best complete trial with a finite value."""

    number: int
    value: float
    params: Mapping[str, Any] = field(default_factory=dict)
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunningTrial:
    """A trial in state RUNNING and the pod that runs it; `pod_uid` is None when no worker of ours wrote its name."""

    trial_id: int
    number: int
    pod_uid: str | None
    age_seconds: float = 0.0  # by the database's clock


@dataclass(frozen=True, slots=True)
class Study:
    """One study at one moment."""

    id: int
    name: str
    owner: str | None = None  # uid of the sweep that owns it
    control: Mapping[str, Any] | None = None
    is_stopped: bool = False  # by its sampler (a grid that is visited) or by the objective
    counts: Counts = field(default_factory=Counts)
    best: BestTrial | None = None
    running: tuple[RunningTrial, ...] = ()
