"""The events that `kubectl describe` shows: one per condition that changed its status or its reason.

Decisions have one event each instead of one for `OnTrack`, because two in a row may leave that condition as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.status import Status
from hposweep.model.event import Event
from hposweep.report.decisions import decision_events

# False is good for these conditions and bad for all others.
_GOOD_WHEN_FALSE = (c.FAILED, c.SUSPENDED, c.COMPLETE)
_GOOD_REASONS = (c.FINISHED, c.SUSPENDED, c.PULLING_IMAGE, c.NOTHING_TO_ANALYZE)
_QUIET_REASONS = (c.PENDING, c.NOT_YET, c.SCALING_UP, c.SKIPPED, c.NOT_REQUIRED)
# `Ended` repeats `Complete` or `Failed`; decisions have events of their own.
_WITHOUT_EVENTS = (c.ON_TRACK, c.ENDED)
# These reasons do not say which condition they are about, so that the message begins with its type.
_AMBIGUOUS_REASONS = (
    c.VALID,
    c.PASSED,
    c.PASSED_WITH_WARNINGS,
    c.FAILED,
    c.ALL_CRITERIA_MET,
    c.CRITERIA_NOT_MET,
    c.CANNOT_TELL,
    c.DONE,
)


def events(before: Status | None, after: Status, now: datetime) -> tuple[Event, ...]:
    """Return the events of decisions, then those of conditions in their order. Waiting causes no event."""
    conditions = {entry.type: entry for entry in before.conditions} if before else {}
    changes = [
        entry
        for entry in after.conditions
        if entry.type not in _WITHOUT_EVENTS and _has_changed(conditions.get(entry.type), entry)
    ]
    return (
        *decision_events(before.decisions if before else (), after.decisions, now),
        *_stop_event(before, after, now),
        *(
            Event(entry.reason, _message(entry), is_warning=_is_bad(entry), time=now)
            for entry in _without_repetitions(changes)
        ),
    )


def _stop_event(before: Status | None, after: Status, now: datetime) -> Iterator[Event]:
    """Yield one event when a rule of `spec.stopWhen` is reached; the end has its own, also in the same pass."""
    rule = after.stop_when
    if rule is None or after.has_ended or (before is not None and before.stop_when is not None):
        return
    message = f"{rule.message} after {rule.trials} of {after.trials.max} trials; running trials finish"
    yield Event(rule.reason, message, is_warning=rule.reason == c.TOO_MANY_FAILED_TRIALS, time=now)


def _without_repetitions(changes: Sequence[Condition]) -> Iterator[Condition]:
    """Leave out a change whose words another change of the same reason has: `Failed` often repeats `Healthy`."""
    for position, entry in enumerate(changes):
        message = _message(entry)
        is_repetition = any(
            other.reason == entry.reason
            and _message(other).startswith(message)
            and (len(_message(other)) > len(message) or other_position < position)
            for other_position, other in enumerate(changes)
            if other_position != position
        )
        if not is_repetition:
            yield entry


def _message(entry: Condition) -> str:
    if "\n" in entry.message:  # a question: what to do, and the command
        first, *_, last = entry.message.splitlines()
        return f"{first}; {last.strip()}"
    return f"{entry.type}: {entry.message}" if entry.reason in _AMBIGUOUS_REASONS else entry.message


def _has_changed(before: Condition | None, after: Condition) -> bool:
    if after.reason in _QUIET_REASONS or (after.status == c.UNKNOWN and before is None):
        return False
    return before is None or (before.status, before.reason) != (after.status, after.reason)


def _is_bad(entry: Condition) -> bool:
    if entry.type == c.FAILED:
        return entry.is_true
    if entry.reason in (c.VALID_WITH_WARNINGS, c.PASSED_WITH_WARNINGS):
        return True
    return entry.status == c.FALSE and entry.type not in _GOOD_WHEN_FALSE and entry.reason not in _GOOD_REASONS
