"""Decide which notifications are sent now, and when the next one is due. Called by `planner` and `reconcile`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from hposweep.api import conditions as c
from hposweep.api.spec import NotifyEvent
from hposweep.api.status import PENDING_DELIVERY, NotificationStatus, Status
from hposweep.api.sweep import Sweep
from hposweep.model.notifications import Delivery, next_attempt, next_attempt_at, occurrences
from hposweep.model.plan import Notify

_TITLES = {
    NotifyEvent.ENDED: "ended",
    NotifyEvent.ASKED: "asks",
    NotifyEvent.UNHEALTHY: "unhealthy",
    NotifyEvent.GATE_FAILED: "cannot start",
}
# The words of apprise, which services show as a colour or an icon.
_SUCCESS, _FAILURE, _WARNING, _INFO = "success", "failure", "warning", "info"
_ENDS = {c.COMPLETE: _SUCCESS, c.FAILED: _FAILURE}


def notifications(sweep: Sweep, deliveries: Sequence[Delivery] | None, now: datetime) -> tuple[Notify, ...]:
    """Return an action for each notification of the written status that is due and has no attempt."""
    if deliveries is None or sweep.status is None:
        return ()
    rows = _without_attempt(sweep.status, deliveries)
    return tuple(_notify(sweep, row) for row in rows if next_attempt_at(row) <= now)


def notification_requeue_after_seconds(
    sweep: Sweep, status: Status, deliveries: Sequence[Delivery] | None, now: datetime
) -> float | None:
    """Return the seconds until a notification is due, by the status that was just written; None without one."""
    if deliveries is None or not sweep.spec.notify:
        return None
    moments = [next_attempt_at(row) for row in _without_attempt(status, deliveries)]
    moments += [event.due for event in occurrences(status) if event.due > now]
    return max(0.0, (min(moments) - now).total_seconds()) if moments else None


def _without_attempt(status: Status, deliveries: Sequence[Delivery]) -> Iterator[NotificationStatus]:
    """Yield the pending ones whose next attempt this process has not started. The end of an attempt wakes the sweep."""
    attempts = {delivery.attempt for delivery in deliveries}
    for row in status.notifications:
        if row.outcome == PENDING_DELIVERY and next_attempt(row) not in attempts:
            yield row


def _notify(sweep: Sweep, row: NotificationStatus) -> Notify:
    event = NotifyEvent(row.event)
    place = f"{sweep.namespace}/{sweep.name}"
    return Notify(
        sweep=sweep.name,
        attempt=next_attempt(row),
        title=f"HPOSweep {place} {_TITLES[event]}: {row.subject}",
        body="\n\n".join((row.message or row.subject, *_about(sweep), _command(sweep))),
        kind=_kind(event, row.subject),
    )


def _about(sweep: Sweep) -> Iterator[str]:
    """Yield why the sweep is run and whom to ask, where its user says so."""
    if sweep.spec.description:
        yield sweep.spec.description
    if sweep.spec.owner:
        yield f"Owner: {sweep.spec.owner}"


def _command(sweep: Sweep) -> str:
    return f"kubectl describe hposweep -n {sweep.namespace} {sweep.name}"


def _kind(event: NotifyEvent, subject: str) -> str:
    if event is NotifyEvent.ENDED:
        return _ENDS.get(subject, _INFO)
    return _FAILURE if event is NotifyEvent.GATE_FAILED else _WARNING
