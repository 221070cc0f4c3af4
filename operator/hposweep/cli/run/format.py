"""Rows and lines of a run, for both screens. Pure; called by `screen`, `verdict` and `cli.judge`."""

from __future__ import annotations

import textwrap
from typing import Any

from hposweep.api.status import Status
from hposweep.model.event import Event

COLUMNS = "{:<10} {:>9} {:>8} {:>7} {:>12} {:>8} {:>8}"
HEADER = COLUMNS.format("STATE", "PROGRESS", "RUNNING", "FAILED", "BEST", "WORKERS", "ELAPSED")


def cells(status: Status | None) -> tuple[str, ...]:
    """Return the columns of `kubectl get hposweeps`; empty before there is a status."""
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


def elapsed(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


def event_line(event: Event) -> str:
    kind = "Warning" if event.is_warning else "Normal"
    return f"{kind:<8} {event.reason:<18} {event.message}"


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """Return `text` in lines of less than `width` columns; all but the first begin with `indent` spaces."""
    return textwrap.wrap(
        text, width - 1, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )


def number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
