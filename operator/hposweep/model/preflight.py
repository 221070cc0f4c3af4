"""The verdict on the preflight: its gate, the last attempt that has ended, and the next one. Made by `judge`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hposweep.model.gate import Gate
from hpotrial.protocol.preflight import Finding


@dataclass(frozen=True, slots=True)
class PreflightRun:
    """One attempt that has ended."""

    attempt: int
    input: str  # hash of what it checked
    outcome: str  # the worst of its findings
    time: datetime
    findings: tuple[Finding, ...] = ()
    omitted: Mapping[str, int] = field(default_factory=dict)  # further checks by outcome
    failures: int = 0  # attempts in a row that failed with the same input
    log: str = ""  # where its output can be read


@dataclass(frozen=True, slots=True)
class PreflightVerdict:
    """What the preflight means for the search."""

    gate: Gate
    run: PreflightRun | None = None
    input: str = ""  # hash of what an attempt would check now
    next_attempt: int | None = None  # to be started now
    due: datetime | None = None  # when the next attempt starts by itself
