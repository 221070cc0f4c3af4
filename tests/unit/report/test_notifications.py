"""`status.notifications` and the condition `Notified`: which events are told to whom, once, and what a failure says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from hposweep.api import conditions as c
from hposweep.api.status import NotificationStatus, Status
from hposweep.api.sweep import Sweep
from hposweep.model.delivery_result import DeliveryResult
from hposweep.model.notifications import PAUSES_SECONDS, Delivery, next_attempt
from hposweep.model.observation import Fault, Observation
from hposweep.report.notifications import MAX_ROWS, with_notifications
from tests.unit import world
from tests.unit.judge.linter.case import point
from tests.unit.judge.linter.cases_notify import target
from tests.unit.report.reading import after, told

NOON = world.NOON
EVERY = target("Ended", "Asked", "Unhealthy", "GateFailed")
LATER = NOON + timedelta(minutes=2)
QUESTION = {"approval": {"question": "ready?"}}
SPACE_FAULT = Fault("SourceNotFound", "ConfigMap `code` does not exist")


def sweep(*targets: Any, **more: Any) -> Sweep:
    return world.sweep(notify=list(targets or [EVERY]), **more)


def noted(of: Sweep, seen: Observation, *deliveries: Delivery, now: datetime = NOON) -> Status:
    return with_notifications(of, told(of, replace(seen, now=now), now), deliveries, now)


def rows(status: Status) -> list[tuple[str, str]]:
    return [(row.event, row.subject) for row in status.notifications]


def complete(of: Sweep) -> Observation:
    return world.seen(world.study(of, best=0.6, complete=10), jobs=(world.job(is_complete=True),))


def unhealthy(of: Sweep) -> Observation:
    return world.seen(world.study(of), jobs=(world.job(),), pods=(world.pod(phase="Pending", reason="Unschedulable"),))


def lost(of: Sweep) -> Observation:
    return replace(world.seen(world.LOST, jobs=(world.job(),), pods=(world.pod(),)))


def ended_row(of: Sweep) -> NotificationStatus:
    (row,) = noted(of, complete(of)).notifications
    return row


def attempted(of: Sweep, *results: DeliveryResult, code: int | None = None) -> Status:
    """The status of a sweep that has ended, after these attempts."""
    status = noted(of, complete(of))
    for number, result in enumerate(results, start=1):
        moment = NOON + timedelta(hours=number)
        delivery = Delivery(next_attempt(status.notifications[0]), moment, result, code)
        status = noted(after(of, status), complete(of), delivery, now=moment)
    return status


def condition(status: Status) -> tuple[str, str, str]:
    entry = status.condition(c.NOTIFIED)
    assert entry is not None
    return entry.status, entry.reason, entry.message


def test_a_sweep_without_targets_has_no_condition() -> None:
    of = world.sweep()
    status = noted(of, complete(of))
    assert (status.condition(c.NOTIFIED), status.notifications) == (None, ())


def test_a_local_run_has_neither_rows_nor_a_condition() -> None:
    of = sweep()
    status = with_notifications(of, told(of, complete(of)), None, NOON)
    assert (status.condition(c.NOTIFIED), status.notifications) == (None, ())


def test_nothing_has_occurred_yet() -> None:
    of = sweep()
    status = noted(of, world.seen(world.study(of), jobs=(world.job(),), pods=(world.pod(),)))
    assert condition(status) == ("Unknown", "Pending", "no event of `spec.notify` has occurred")


def test_the_end_is_told_with_the_summary() -> None:
    of = sweep()
    row = ended_row(of)
    assert (row.event, row.subject, row.outcome, row.attempts, row.time) == ("Ended", "Complete", "Pending", 0, NOON)
    assert row.message == "10 of 10 trials, best score 0.6 (trial 3)"


def test_a_failed_end_is_told_once_to_a_target_that_hears_of_ends() -> None:
    refused = world.seen(refusals=(Fault("InvalidTemplate", "unknown field `imag`"),))
    of = sweep(EVERY, target("GateFailed", "Unhealthy", key="mail"))
    status = noted(of, refused)
    assert rows(status) == [("Ended", "Failed"), ("Unhealthy", "InvalidSpec"), ("GateFailed", "InvalidTemplate")]
    assert [row.secret_ref.key for row in status.notifications] == ["url", "mail", "mail"]


def test_a_question_is_told_by_the_name_of_its_decision_point() -> None:
    asked = {"name": "mid", "outcome": "Ask", "time": "2026-01-01T12:00:00Z", "message": "none of the rules holds"}
    of = sweep(decisionPoints=[point(trials=5)])
    base = after(of, told(of, complete(of)))
    assert base.status is not None
    for fields, expected in (
        ({"deadline": "2026-01-01T14:00:00Z"}, [("Asked", "mid")]),
        ({}, []),  # was overtaken
        ({"deadline": "2026-01-01T14:00:00Z", "dryRun": True}, []),
        ({"deadline": "2026-01-01T14:00:00Z", "outcome": "Stop"}, []),
    ):
        status = replace(told(of, world.seen(world.study(of))), decisions=_decisions({**asked, **fields}))
        assert rows(with_notifications(of, status, (), NOON)) == expected


@pytest.mark.parametrize("event", ["Unhealthy", "GateFailed"])
def test_what_passes_within_a_minute_is_not_told(event: str) -> None:
    of = sweep(target(event))
    seen = unhealthy(of) if event == "Unhealthy" else world.seen(world.study(of), refusals=(SPACE_FAULT,))
    first = noted(of, seen)
    assert rows(first) == []
    almost = noted(after(of, first), seen, now=NOON + timedelta(seconds=59))
    assert rows(almost) == []
    assert [kind for kind, _ in rows(noted(after(of, almost), seen, now=NOON + timedelta(seconds=60)))] == [event]


def test_another_reason_is_told_as_well_and_the_same_one_never_again() -> None:
    of = sweep(target("GateFailed"))
    missing = world.seen(world.study(of), refusals=(SPACE_FAULT,))
    status = noted(after(of, noted(of, missing)), missing, now=LATER)
    other = world.seen(world.study(of), refusals=(Fault("NotAdmitted", "quota"),))
    status = noted(after(of, status), other, now=LATER)
    status = noted(after(of, status), missing, now=LATER)
    assert rows(status) == [("GateFailed", "SourceNotFound"), ("GateFailed", "NotAdmitted")]


def test_a_database_that_is_lost_later_is_no_gate() -> None:
    of = sweep()
    status = noted(after(of, noted(of, lost(of))), lost(of), now=LATER)
    assert rows(status) == [("Unhealthy", "StorageLost")]


def test_a_target_that_is_removed_and_added_again_hears_again() -> None:
    of = sweep(target())
    status = attempted(of, DeliveryResult.SENT)
    assert [row.outcome for row in status.notifications] == ["Sent"]
    without = replace(after(of, status), spec=world.sweep(notify=[target(key="mail")]).spec)
    removed = noted(without, complete(of), now=LATER)
    assert [row.secret_ref.key for row in removed.notifications] == ["mail"]
    again = noted(after(of, removed), complete(of), now=LATER)
    assert [(row.secret_ref.key, row.outcome) for row in again.notifications] == [("url", "Pending")]


def test_the_result_of_an_entry_that_was_removed_is_not_that_of_the_new_one() -> None:
    of = sweep(target())
    old = Delivery(next_attempt(ended_row(of)), NOON, DeliveryResult.SENT)
    status = noted(after(of, noted(of, complete(of), now=LATER)), complete(of), old, now=LATER)
    assert [row.outcome for row in status.notifications] == ["Pending"]


def test_a_notification_that_was_sent_keeps_no_text() -> None:
    status = attempted(sweep(), DeliveryResult.SENT)
    (row,) = status.notifications
    assert (row.outcome, row.attempts, row.message, row.error) == ("Sent", 1, None, None)
    assert condition(status) == ("True", "Delivered", "1 notification sent, the latest about Ended")


def test_an_attempt_that_runs_changes_nothing() -> None:
    of = sweep()
    status = noted(of, complete(of))
    running = Delivery(next_attempt(status.notifications[0]), NOON)
    assert noted(after(of, status), complete(of), running) == status


def test_a_failed_attempt_is_told_with_its_cause_and_the_next_time() -> None:
    status = attempted(sweep(), DeliveryResult.REFUSED, code=403)
    assert condition(status) == (
        "False",
        "Retrying",
        "Ended (Complete) for Secret `chat` (key `url`) was not sent: the server did not accept it (HTTP 403); "
        "attempt 2 of 5 follows at 2026-01-01 13:00:10 UTC",
    )


def test_a_retry_that_succeeds_ends_the_complaint() -> None:
    status = attempted(sweep(), DeliveryResult.TIMEOUT, DeliveryResult.SENT)
    assert condition(status)[:2] == ("True", "Delivered")
    assert status.notifications[0].attempts == 2


def test_retries_have_an_end() -> None:
    status = attempted(sweep(), *[DeliveryResult.NO_CONNECTION] * len(PAUSES_SECONDS))
    assert status.notifications[0].outcome == "GivenUp"
    assert condition(status) == (
        "False",
        "NotDelivered",
        "Ended (Complete) for Secret `chat` (key `url`) was not sent in 5 attempts: no connection to the server. Fix "
        "it, then remove the entry from `spec.notify` and add it again.",
    )
    assert next_attempt(status.notifications[0]).number == 6


@pytest.mark.parametrize("result", [result for result in DeliveryResult if result is not DeliveryResult.SENT])
def test_every_failure_has_a_sentence(result: DeliveryResult) -> None:
    assert "was not sent: " in condition(attempted(sweep(), result))[2]


def test_a_failing_notification_changes_nothing_else_of_the_sweep() -> None:
    of = sweep()
    status, plain = attempted(of, DeliveryResult.INVALID_URL), told(of, complete(of))
    assert (status.state, status.message, status.health) == (plain.state, plain.message, plain.health)
    others = [(entry.type, entry.status, entry.reason) for entry in status.conditions if entry.type != c.NOTIFIED]
    assert others == [(entry.type, entry.status, entry.reason) for entry in plain.conditions]


def test_rows_are_limited_and_none_is_dropped_for_another() -> None:
    of = sweep()
    row = ended_row(of)
    full = replace(
        noted(of, complete(of)),
        notifications=tuple(replace(row, event="Asked", subject=f"point-{number}") for number in range(MAX_ROWS)),
    )
    assert noted(after(of, full), complete(of)).notifications == full.notifications


def _decisions(body: dict[str, Any]) -> Any:
    read = world.sweep(status={**_STATUS, "decisions": [body]}).status
    assert read is not None
    return read.decisions


_STATUS = {
    "observedGeneration": 1,
    "state": "Running",
    "message": "",
    "study": {"name": "s"},
    "trials": {"max": 1},
    "progress": "0/1",
    "workers": {"desired": 1},
    "replicas": 0,
    "selector": "",
}


def test_an_approval_that_waits_is_told_at_once_and_each_reason_once() -> None:
    of = sweep(approval={"required": True})
    status = noted(of, world.seen(world.study(of)))
    assert rows(status) == [("Asked", "Waiting")]
    assert (status.notifications[0].message or "").startswith("a person must approve this sweep")
    again = noted(after(of, status), world.seen(world.study(of)), now=LATER)
    assert rows(again) == [("Asked", "Waiting")]


@pytest.mark.parametrize("criterion", [QUESTION, {"anyOf": [QUESTION, {"trialsFinished": {"min": 99}}]}])
def test_a_question_of_a_criterion_is_told_at_the_end(criterion: dict[str, Any]) -> None:
    of = sweep(success={"full": [criterion]})
    assert rows(noted(of, world.seen(world.study(of, complete=3), jobs=(world.job(),), pods=(world.pod(),)))) == []
    assert rows(noted(of, complete(of))) == [("Ended", "Complete"), ("Asked", "FullSuccess")]
    answered = sweep(success={"full": [criterion]}, answers=[{"question": "ready?", "answer": "Approve"}])
    assert rows(noted(answered, complete(answered))) == [("Ended", "Complete")]
