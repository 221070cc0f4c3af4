"""Notifications in the status: a row for each event and target, and the condition `Notified`. Called by `reconcile`.

A row is written before its notification is sent, so that each event is told once, whatever passes follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hposweep.allowed_hosts import VARIABLE
from hposweep.api import conditions as c
from hposweep.api.spec import NotifyEvent, NotifySpec
from hposweep.api.status import GIVEN_UP, PENDING_DELIVERY, SENT, NotificationStatus, Status
from hposweep.api.sweep import Sweep
from hposweep.model.delivery_result import DeliveryResult
from hposweep.model.notifications import (
    PAUSES_SECONDS,
    Delivery,
    NotificationKey,
    Occurrence,
    key_of,
    next_attempt,
    next_attempt_at,
    occurrences,
)
from hposweep.report.condition import ConditionDraft
from hposweep.text import count, truncate

MAX_ROWS = 256  # by the schema
MESSAGE_LIMIT = 1024  # characters, by the schema
_ERRORS: Mapping[DeliveryResult, str] = {
    DeliveryResult.SECRET_NOT_FOUND: "the Secret or its key does not exist",
    DeliveryResult.INVALID_URL: "its value is not a URL of apprise",
    DeliveryResult.SERVICE_NOT_SUPPORTED: "its URL names a service that HPOSweep does not support",
    DeliveryResult.HOST_NOT_ALLOWED: f"its host is not allowed by `{VARIABLE}` of the operator",
    DeliveryResult.NO_CONNECTION: "no connection to the server",
    DeliveryResult.REFUSED: "the server did not accept it",
    DeliveryResult.TIMEOUT: "the server did not answer in time",
    DeliveryResult.NOT_SENT: "the operator could not send it",
    DeliveryResult.DROPPED: "too many notifications of its namespace were waiting",
}


def with_notifications(sweep: Sweep, status: Status, deliveries: Sequence[Delivery] | None, now: datetime) -> Status:
    """Return the status with the rows of this pass. Without a sender (`hposweep run`) there are none."""
    now = now.replace(microsecond=0)
    others = tuple(entry for entry in status.conditions if entry.type != c.NOTIFIED)
    if deliveries is None or not sweep.spec.notify:
        return replace(status, notifications=(), conditions=others)
    rows = _rows(sweep, status, deliveries, now)
    before = sweep.status.condition(c.NOTIFIED) if sweep.status is not None else None
    condition = _notified(rows).stamp(now, sweep.generation, before)
    return replace(status, notifications=rows, conditions=(*others, condition))


def _rows(
    sweep: Sweep, status: Status, deliveries: Sequence[Delivery], now: datetime
) -> tuple[NotificationStatus, ...]:
    """Return the earlier rows that are still asked for, then new ones. No row is dropped for another one."""
    results = {delivery.attempt: delivery for delivery in deliveries}
    asked = {(target.secret_ref, event) for target in sweep.spec.notify for event in target.events}
    before = sweep.status.notifications if sweep.status is not None else ()
    rows = {
        key_of(row): _updated(row, results.get(next_attempt(row)))
        for row in before
        if (row.secret_ref, row.event) in asked
    }
    for target in sweep.spec.notify:
        for occurrence in _told(target, status, now):
            key = NotificationKey(occurrence.event, occurrence.subject, target.secret_ref)
            rows.setdefault(key, _new(key, occurrence, now))
    return tuple(rows.values())[:MAX_ROWS]


def _told(target: NotifySpec, status: Status, now: datetime) -> Iterator[Occurrence]:
    """Yield the events that a target hears of. The end says all that a finding at the end would repeat."""
    events = {NotifyEvent(event) for event in target.events}
    if status.has_ended and NotifyEvent.ENDED in events:
        events &= {NotifyEvent.ENDED, NotifyEvent.ASKED}  # a question of a criterion is asked at the end
    return (entry for entry in occurrences(status) if entry.event in events and entry.due <= now)


def _new(key: NotificationKey, occurrence: Occurrence, now: datetime) -> NotificationStatus:
    message = truncate(occurrence.message, MESSAGE_LIMIT)
    return NotificationStatus(key.event.value, key.subject, key.secret_ref, PENDING_DELIVERY, now, message=message)


def _updated(row: NotificationStatus, delivery: Delivery | None) -> NotificationStatus:
    """Return the row after an attempt that has ended."""
    if row.outcome != PENDING_DELIVERY or delivery is None or delivery.result is None:
        return row
    row = replace(row, attempts=delivery.attempt.number, time=delivery.time.replace(microsecond=0), error=None)
    if delivery.result is DeliveryResult.SENT:
        return replace(row, outcome=SENT, message=None)
    code = f" (HTTP {delivery.code})" if delivery.code is not None else ""
    row = replace(row, error=f"{_ERRORS[delivery.result]}{code}")
    return row if row.attempts < len(PAUSES_SECONDS) else replace(row, outcome=GIVEN_UP, message=None)


def _notified(rows: Sequence[NotificationStatus]) -> ConditionDraft:
    """Return the condition: what was given up first, then what is retried. It never changes `Healthy`."""
    given_up = [row for row in rows if row.outcome == GIVEN_UP]
    if given_up:
        message = f"{_subject(given_up[-1])} was not sent in {count(given_up[-1].attempts, 'attempt')}"
        hint = "Fix it, then remove the entry from `spec.notify` and add it again."
        return ConditionDraft(c.NOTIFIED, c.FALSE, c.NOT_DELIVERED, f"{message}: {given_up[-1].error}. {hint}")
    retrying = [row for row in rows if row.outcome == PENDING_DELIVERY and row.attempts]
    if retrying:
        row = retrying[-1]
        attempt = f"attempt {row.attempts + 1} of {len(PAUSES_SECONDS)} follows at {_time(next_attempt_at(row))}"
        return ConditionDraft(c.NOTIFIED, c.FALSE, c.RETRYING, f"{_subject(row)} was not sent: {row.error}; {attempt}")
    sent = [row for row in rows if row.outcome == SENT]
    if sent:
        message = f"{count(len(sent), 'notification')} sent, the latest about {sent[-1].event}"
        return ConditionDraft(c.NOTIFIED, c.TRUE, c.DELIVERED, message)
    message = "the first notification is being sent" if rows else "no event of `spec.notify` has occurred"
    return ConditionDraft(c.NOTIFIED, c.UNKNOWN, c.PENDING, message)


def _subject(row: NotificationStatus) -> str:
    return f"{row.event} ({row.subject}) for Secret `{row.secret_ref.name}` (key `{row.secret_ref.key}`)"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
