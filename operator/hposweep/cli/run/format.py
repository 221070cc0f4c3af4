"""Rows and lines of a run, for both screens. Pure; called by `screen` and `command`."""

from __future__ import annotations

import textwrap

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


def event_line(event: Event) -> str:
    kind = "Warning" if event.is_warning else "Normal"
    return f"{kind:<8} {event.reason:<18} {event.message}"


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """Return `text` in lines of less than `width` columns; all but the first begin with `indent` spaces."""
    first = " " * (len(text) - len(text.lstrip()))  # `wrap` keeps it only as an argument
    return textwrap.wrap(
        text.lstrip(),
        width - 1,
        initial_indent=first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
