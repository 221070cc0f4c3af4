"""The story that `kubectl describe` tells: one event per condition that changed its status or its reason.

Decisions have one each instead: two in a row may well come to the same.
"""

from __future__ import annotations

from datetime import datetime

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.status import Status
from hposweep.model.event import Event
from hposweep.report.decisions import news

# False is the bad news for all conditions but these.
_GOOD_WHEN_FALSE = (c.FAILED, c.SUSPENDED, c.COMPLETE)
_QUIET_REASONS = (c.PENDING, c.NOT_YET, c.SCALING_UP)


def events(before: Status | None, after: Status, now: datetime) -> tuple[Event, ...]:
    """In the order of the conditions. Waiting is no event."""
    known = {condition.type: condition for condition in before.conditions} if before else {}
    changed = (
        entry for entry in after.conditions if entry.type != c.ON_TRACK and _is_news(known.get(entry.type), entry)
    )
    decided = news(before.decisions if before else (), after.decisions, now)
    return *decided, *(
        Event(
            reason=entry.reason,
            message=f"{entry.type} is {entry.status}: {entry.message}",
            is_warning=_is_bad(entry),
            time=now,
        )
        for entry in changed
    )


def _is_news(before: Condition | None, after: Condition) -> bool:
    if after.reason in _QUIET_REASONS or (after.status == c.UNKNOWN and before is None):
        return False
    return before is None or (before.status, before.reason) != (after.status, after.reason)


def _is_bad(entry: Condition) -> bool:
    if entry.type == c.FAILED:
        return entry.is_true
    if entry.reason == c.VALID_WITH_WARNINGS:
        return True
    return (
        entry.status == c.FALSE and entry.type not in _GOOD_WHEN_FALSE and entry.reason not in (c.FINISHED, c.SUSPENDED)
    )
