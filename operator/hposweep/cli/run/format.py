"""Rows and sentences of a run, for both ways of watching it. Pure."""

from __future__ import annotations

from hposweep.api.status import Status
from hposweep.model.event import Event

COLUMNS = "{:<10} {:>9} {:>8} {:>7} {:>12} {:>8} {:>8}"
HEADER = COLUMNS.format("STATE", "PROGRESS", "RUNNING", "FAILED", "BEST", "WORKERS", "ELAPSED")


def cells(status: Status | None) -> tuple[str, ...]:
    """What `kubectl get hposweeps` shows; empty before there is a status."""
    if status is None:
        return ("Pending", "", "", "", "", "")
    trials, workers = status.trials, status.workers
    return (
        status.state,
        status.progress,
        str(trials.running),
        str(trials.failed),
        f"{status.best.value:g}" if status.best else "",
        f"{workers.running}/{workers.desired}",
    )


def event_line(event: Event) -> str:
    kind = "Warning" if event.is_warning else "Normal"
    return f"{kind:<8} {event.reason:<18} {event.message}"
