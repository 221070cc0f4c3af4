"""Is the sweep to come to its end before its budget is spent, and by whose word? Called by `judge`.

The one place that knows: `end`, `plan` and `report` act on its answer alone, whoever stopped the sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hposweep.api import conditions
from hposweep.api.spec import STOP_DRAIN
from hposweep.api.sweep import Sweep
from hposweep.model.verdicts import Decision, Stop


def stopping(sweep: Sweep, made: Sequence[Decision], now: datetime) -> Stop | None:
    """A person's word stands above a decision's, and both above the clock's. The latter two let running trials end."""
    if sweep.spec.is_stopping:
        return Stop(sweep.spec.stop, conditions.STOPPED_BY_USER, f"stopped by `spec.stop: {sweep.spec.stop}`")
    decision = next((decision for decision in made if decision.stops), None)
    if decision is not None:
        label = f" ({decision.label})" if decision.label else ""
        return Stop(STOP_DRAIN, conditions.STOPPED_BY_DECISION, f"stopped by decision `{decision.name}`{label}")
    end = time_is_up_at(sweep)
    if end is not None and now >= end:
        seconds = sweep.spec.budget.active_deadline_seconds
        message = f"stopped by `spec.budget.activeDeadlineSeconds: {seconds}`"
        return Stop(STOP_DRAIN, conditions.TIME_REACHED, message)
    return None


def time_is_up_at(sweep: Sweep) -> datetime | None:
    """None when there is no limit, or when the sweep has not started. Pauses count: the clock does not stop."""
    seconds, start = sweep.spec.budget.active_deadline_seconds, sweep.status.start_time if sweep.status else None
    return start + timedelta(seconds=seconds) if seconds is not None and start is not None else None
