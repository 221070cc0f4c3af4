"""The stop of a sweep before its budget is spent, and its cause. Called by `judge`.

`end`, `plan` and `report` act on this verdict alone, whatever the cause is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hposweep.api import conditions
from hposweep.api.decisions import STOP
from hposweep.api.spec import STOP_DRAIN
from hposweep.api.sweep import Sweep
from hposweep.model.gpu_seconds import Ledger
from hposweep.model.verdicts import Decision, ReachedRule, Stop


def stopping(
    sweep: Sweep,
    decisions: Sequence[Decision],
    now: datetime,
    reached: ReachedRule | None = None,
    ledger: Ledger | None = None,
) -> Stop | None:
    """Return the stop. The user overrides decisions, and both override the limits in time and GPU time, which drain.

    A rule of `spec.stopWhen` that was reached stays the reason; the user can only end its running trials as well.
    """
    if reached is not None:
        mode = sweep.spec.stop if sweep.spec.is_stopping else STOP_DRAIN
        return Stop(mode, reached.reason, reached.message, trials=reached.trials, is_failure=reached.is_failure)
    if sweep.spec.is_stopping:
        cause = f"stopped by `spec.stop: {sweep.spec.stop}`"
        return Stop(sweep.spec.stop, conditions.STOPPED_BY_USER, cause, is_by_person=True)
    decision = next((decision for decision in decisions if decision.stops), None)
    if decision is not None:
        label = f" ({decision.label})" if decision.label else ""
        cause = f"stopped by decision `{decision.name}`{label}"
        return Stop(STOP_DRAIN, conditions.STOPPED_BY_DECISION, cause, is_by_person=_is_answer(sweep, decision))
    end = time_is_up_at(sweep)
    if end is not None and now >= end:
        seconds = sweep.spec.budget.active_deadline_seconds
        message = f"stopped by `spec.budget.activeDeadlineSeconds: {seconds}`"
        return Stop(STOP_DRAIN, conditions.TIME_REACHED, message)
    if ledger is not None and ledger.budget_reached is not None:
        message = f"stopped by `spec.budget.gpuSeconds: {ledger.budget_reached}`"
        return Stop(STOP_DRAIN, conditions.GPU_BUDGET_REACHED, message)
    return None


def _is_answer(sweep: Sweep, decision: Decision) -> bool:
    """Return whether a person stopped the sweep by an answer, and not a rule or a default."""
    return any((entry.decision, entry.answer) == (decision.name, STOP) for entry in sweep.spec.answers)


def time_is_up_at(sweep: Sweep) -> datetime | None:
    """Return when the time limit is reached; None without one or before the start. Pauses count."""
    seconds, start = sweep.spec.budget.active_deadline_seconds, sweep.status.start_time if sweep.status else None
    return start + timedelta(seconds=seconds) if seconds is not None and start is not None else None
