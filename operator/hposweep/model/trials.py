"""A study as it is: counts, the best trial, the running trials. Made by `database`, read by the pure layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hposweep.model.disk import DiskReport
from hposweep.model.ownership import SweepIdentity
from hposweep.model.source_state import SourceState
from hposweep.model.study_start import WarmStartRecord


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
        """Ended trials that count against the budget: the denominator of every ratio."""
        return self.complete + self.pruned + self.failed - self.uncharged

    @property
    def ended(self) -> int:
        """The trials that never change again, charged or not."""
        return self.complete + self.pruned + self.failed

    def is_beyond(self, later: Counts) -> bool:
        """Return whether trials that had ended are missing from later counts: the study was restored."""
        return self.complete > later.complete or self.pruned > later.pruned or self.failed > later.failed

    @property
    def charged(self) -> int:
        """The trials that count against the budget: finished or running."""
        return self.finished + self.running

    @property
    def charged_failures(self) -> int:
        """Failed trials that count against the budget: by their own fault, or after too many retries."""
        return self.failed - self.uncharged

    @property
    def total(self) -> int:
        """All trials, which is also the number of the next one: Optuna counts from 0 without gaps."""
        return self.complete + self.pruned + self.failed + self.running + self.waiting


@dataclass(frozen=True, slots=True)
class BestObjectiveValue:
    """The best finite value of one objective, whatever the trial's other values are."""

    number: int
    value: float


@dataclass(frozen=True, slots=True)
class BestTrial:
    """The best complete trial with finite values and no broken constraint; of a front, the best by the first value."""

    number: int
    values: tuple[float, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    time: datetime | None = None
    front: int | None = None  # size of the Pareto front; None with one objective


@dataclass(frozen=True, slots=True)
class Best:
    """The best results of the complete trials."""

    trial: BestTrial | None = None
    by_objective: tuple[BestObjectiveValue | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Breaker:
    """The circuit breaker is open, so workers ask for no more trials.

    The first trials all failed in the same way, or a parameter is defined otherwise than in earlier trials.
    """

    failure_class: str
    error: str
    trial: int
    pod: str = ""
    is_space_changed: bool = False


@dataclass(frozen=True, slots=True)
class RunningTrial:
    """A trial in state RUNNING and the pod that runs it; `pod_uid` is None when no worker of the sweep wrote it."""

    trial_id: int
    number: int
    pod_uid: str | None
    age_seconds: float = 0.0  # by the database's clock


@dataclass(frozen=True, slots=True)
class Study:
    """One study at one moment."""

    id: int
    name: str
    directions: tuple[str, ...] = ()  # Optuna's words: MINIMIZE, MAXIMIZE
    owner: str | None = None  # uid of the sweep that owns it
    sweep: SweepIdentity | None = None  # where that sweep can be found; None when it did not say
    control: Mapping[str, Any] | None = None
    is_stopped: bool = False  # by its sampler (a grid that is complete) or by the objective
    breaker: Breaker | None = None
    images: Mapping[str, str] = field(default_factory=dict)  # digest by pod uid, as it was written last
    source: SourceState = field(default_factory=SourceState)  # of its newest trials, as it was written last
    disk: tuple[DiskReport, ...] = ()  # of each worker that has reported
    existing: int = 0  # charged trials that it had when its sweep claimed it
    warm_start: tuple[WarmStartRecord, ...] | None = None  # None before the trials of other studies are enqueued
    counts: Counts = field(default_factory=Counts)
    failures: Mapping[str, int] = field(default_factory=dict)  # by class
    retried: int = 0
    best: Best = field(default_factory=Best)
    running: tuple[RunningTrial, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)  # of parameters, as JSON; read while it can be claimed
