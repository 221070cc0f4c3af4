"""What `judge` came to; each verdict carries what it measured. `plan` acts on them, `report` words them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hposweep.model.observation import Fault


class Outcome(StrEnum):
    """Three-valued truth: missing data and failed sources are Unknown, never False."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """One criterion: what it measured against what."""

    criterion: str
    outcome: Outcome
    message: str
    value: float | None = None
    threshold: float | None = None
    margin: float | None = None


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
class Verdicts:
    """All of one pass."""

    accepted: Gate
    storage: Gate
    tiers: tuple[TierVerdict, ...]
    faults: tuple[Fault, ...] = ()
    end: End | None = None
    pending_end: End | None = None  # decided, but the workers have to go first

    @property
    def may_start(self) -> bool:
        return self.accepted.is_open and self.storage.is_open
