"""The condition `Analyzed`, which each status has that a cluster's operator writes. Called by `analysis_pass`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hposweep.api import conditions as c
from hposweep.api.names import ANALYSIS_PHASE
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.model.gate import Gate
from hposweep.model.workers import Workers
from hposweep.report.condition import ConditionDraft
from hposweep.report.phase_gate import latest_attempt, phase_gate

_WITHOUT_RESULTS = (c.SKIPPED, c.NOTHING_TO_ANALYZE)


def with_analysis(sweep: Sweep, status: Status, gate: Gate, workers: Workers, now: datetime) -> Status:
    """Return the status with the condition. `workers`: of the phase, where they were read."""
    before = sweep.status.condition(c.ANALYZED) if sweep.status is not None else None
    others = tuple(entry for entry in status.conditions if entry.type != c.ANALYZED)
    condition = _analyzed(sweep, gate, workers, now).stamp(now.replace(microsecond=0), sweep.generation, before)
    return replace(status, conditions=(*others, condition))


def is_unfinished(status: Status) -> bool:
    """Return whether the sweep has ended and its analysis has not."""
    condition = status.condition(c.ANALYZED)
    if condition is None or not status.has_ended:
        return False
    return condition.reason not in (c.DONE, c.FAILED, *_WITHOUT_RESULTS)


def _analyzed(sweep: Sweep, gate: Gate, workers: Workers, now: datetime) -> ConditionDraft:
    """Return the condition. It is False where no results will come."""
    if gate.reason in _WITHOUT_RESULTS:
        return ConditionDraft(c.ANALYZED, c.FALSE, gate.reason, gate.message)
    latest = latest_attempt(workers, sweep.name, ANALYSIS_PHASE, 0)
    return phase_gate(c.ANALYZED, "the analysis pod", gate, latest, now, has_failed=False)
