"""What `judge` came to; each verdict carries what it measured. `plan` acts on them, `report` words them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from hposweep.api.decisions import ASK, STOP
from hposweep.api.spec import STOP_TERMINATE
from hposweep.model.findings import ContractFinding, HealthFinding
from hposweep.model.observation import Fault

BY_DEFAULT = "default"  # stands for whoever should have answered a decision point


class Outcome(StrEnum):
    """Three-valued truth: missing data and failed sources are Unknown, never False."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """One criterion: what it measured against what, on how many trials, and its other numbers by name."""

    criterion: str  # as the user spells its key
    outcome: Outcome
    message: str
    value: float | None = None
    threshold: float | None = None
    margin: float | None = None
    trials: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    cannot_tell: bool = False  # Unknown because a source failed, not because it is early


@dataclass(frozen=True, slots=True)
class TierVerdict:
    """One tier: all of its criteria together."""

    tier: str
    outcome: Outcome
    criteria: tuple[CriterionVerdict, ...]
    cannot_tell: bool = False  # Unknown because a source failed, not because it is early


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition that must hold before workers start."""

    is_open: bool
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class End:
    """The sweep is over, and why. `is_failure` picks between the conditions Failed and Complete."""

    reason: str
    message: str
    is_failure: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """The sweep is to end before its budget is spent: `how` workers stop, and how the end will be called."""

    how: str  # Drain or Terminate, as in `spec.stop`
    reason: str  # of Complete
    message: str  # by whom, without the trials that it came to

    @property
    def is_terminating(self) -> bool:
        return self.how == STOP_TERMINATE


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision point that was reached; the same for ever, but for an `Ask` that is answered or times out."""

    name: str
    outcome: str  # Continue, Stop, Ask
    message: str
    time: datetime
    label: str = ""
    trials: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    dry_run: bool = False
    deadline: datetime | None = None
    by: str = ""  # who answered; BY_DEFAULT when nobody did in time

    @property
    def stops(self) -> bool:
        """The sweep, and not only on paper."""
        return self.outcome == STOP and not self.dry_run

    @property
    def is_pending(self) -> bool:
        """It has asked, and neither an answer nor its deadline has come."""
        return self.outcome == ASK and self.deadline is not None and not self.dry_run


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds until the budget is spent: expected, and between which two it ends in 90 of 100 cases."""

    seconds: float
    low_seconds: float
    high_seconds: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far the first target that is not reached is, in one sentence; `tier` asks for it."""

    tier: str
    message: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the sweep compares with its baseline, as far as that can be said."""

    message: str
    best: float | None = None
    trials: int | None = None
    study: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All of one pass."""

    accepted: Gate
    storage: Gate
    tiers: tuple[TierVerdict, ...]
    faults: tuple[Fault, ...] = ()
    end: End | None = None
    pending_end: End | None = None  # decided, but the workers have to go first
    findings: tuple[ContractFinding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    stop: Stop | None = None
    health: tuple[HealthFinding, ...] = ()
    health_requeue_after_seconds: float | None = None  # when time alone makes another finding
    eta: Eta | None = None
    outlook: Outlook | None = None
    comparison: Comparison | None = None

    @property
    def may_start(self) -> bool:
        return self.accepted.is_open and self.storage.is_open
