"""How tests of this folder read a status: what is told of a sweep in a world, at noon."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.api.wire import from_wire, to_wire
from hposweep.judge.judge import judge
from hposweep.model.observation import Observation
from hposweep.report.status import report
from tests.unit.world import NOON


def told(sweep: Sweep, seen: Observation, now: datetime = NOON) -> Status:
    return report(sweep, seen, judge(sweep, seen), now)


def after(sweep: Sweep, status: Status, **changes: Any) -> Sweep:
    """The sweep as the API server shows it once the status is written."""
    return replace(sweep, status=from_wire(Status, to_wire(status)), **changes)


def held(status: Status) -> dict[str, tuple[str, str]]:
    return {entry.type: (entry.status, entry.reason) for entry in status.conditions}
