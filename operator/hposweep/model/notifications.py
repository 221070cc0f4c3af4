"""Events of a sweep that notifications are about, and the attempts to send them. Used by `plan`, `report`, `notify`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from hposweep.api import conditions as c
from hposweep.api.decisions import ASK
from hposweep.api.names import APPROVAL_CRITERION, tier_condition
from hposweep.api.spec import NotifyEvent, SecretKey
from hposweep.api.status import CriterionStatus, NotificationStatus, Status
from hposweep.model.delivery_result import DeliveryResult

# Pauses before the first attempt and after each failed one; together 20 minutes, as long as a service may be down.
PAUSES_SECONDS = (0, 10, 60, 300, 900)
# A gate or a finding is told of when it has lasted so long: a Secret is often created after its sweep, and a node is
# added while pods wait.
GRACE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class NotificationKey:
    """One event, told to one target. `subject`: the reason or the decision, so that another one is told as well."""

    event: NotifyEvent
    subject: str
    secret_ref: SecretKey


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. `since` is the time of its row, which tells it from that of an entry that was removed and added."""

    key: NotificationKey
    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """An attempt of this operator process; without a result it is still running."""

    attempt: Attempt
    time: datetime  # its start, then its end
    result: DeliveryResult | None = None
    code: int | None = None  # of HTTP


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event that has occurred, and the time from which it is told of."""

    event: NotifyEvent
    subject: str
    message: str
    due: datetime


def key_of(row: NotificationStatus) -> NotificationKey:
    return NotificationKey(NotifyEvent(row.event), row.subject, row.secret_ref)


def next_attempt(row: NotificationStatus) -> Attempt:
    return Attempt(key_of(row), row.attempts + 1, row.time)


def next_attempt_at(row: NotificationStatus) -> datetime:
    """Return when a pending notification is sent next."""
    return row.time + timedelta(seconds=PAUSES_SECONDS[min(row.attempts, len(PAUSES_SECONDS) - 1)])


def occurrences(status: Status) -> Iterator[Occurrence]:
    """Yield the events that the conditions and decisions of a status show."""
    ended = status.condition(c.ENDED)
    if ended is not None and ended.is_true:
        yield Occurrence(NotifyEvent.ENDED, ended.reason, status.message, ended.last_transition_time)
    for decision in status.decisions:
        if decision.outcome == ASK and decision.deadline is not None and not decision.dry_run:
            yield Occurrence(NotifyEvent.ASKED, decision.name, decision.message, decision.time)
    yield from _questions(status)
    yield from _false(status, c.HEALTHY, NotifyEvent.UNHEALTHY)
    yield from _false(status, c.ACCEPTED, NotifyEvent.GATE_FAILED)
    if not any(finding.reason == c.STORAGE_LOST for finding in status.health):  # no gate any more: workers run
        yield from _false(status, c.STORAGE_READY, NotifyEvent.GATE_FAILED)
    yield from _false(status, c.PREFLIGHT_PASSED, NotifyEvent.GATE_FAILED)
    yield from _false(status, c.BASELINE_PASSED, NotifyEvent.GATE_FAILED)


def _questions(status: Status) -> Iterator[Occurrence]:
    """Yield the approval that waits, and after the end each tier with a question of a criterion that is open."""
    approved, ended = status.condition(c.APPROVED), status.condition(c.ENDED)
    if approved is not None and approved.status == c.FALSE and not status.has_ended:
        yield Occurrence(NotifyEvent.ASKED, approved.reason, approved.message, approved.last_transition_time)
    if ended is None or not ended.is_true:
        return
    for tier in status.success:
        question = next((entry for entry in tier.criteria if is_open_question(entry)), None)
        if question is not None and tier.outcome == c.UNKNOWN:
            subject = tier_condition(tier.tier)
            yield Occurrence(NotifyEvent.ASKED, subject, question.message, ended.last_transition_time)


def is_open_question(criterion: CriterionStatus) -> bool:
    """Return whether a criterion, or one that its `anyOf` nests, waits for a person."""
    kinds = {criterion.criterion, *(name.partition(".")[2] for name in criterion.evidence or {})}
    return criterion.outcome == c.UNKNOWN and APPROVAL_CRITERION in kinds


def _false(status: Status, kind: str, event: NotifyEvent) -> Iterator[Occurrence]:
    condition = status.condition(kind)
    if condition is not None and condition.status == c.FALSE:
        grace = 0 if status.has_ended else GRACE_SECONDS
        due = condition.last_transition_time + timedelta(seconds=grace)
        yield Occurrence(event, condition.reason, condition.message, due)
