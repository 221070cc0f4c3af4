"""Which notifications a pass starts, and when the next pass is due for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hposweep.api.status import NotificationStatus, Status
from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.delivery_result import DeliveryResult
from hposweep.model.notifications import Delivery, next_attempt
from hposweep.model.plan import CreateJob, Notify
from hposweep.plan.notifications import notification_requeue_after_seconds, notifications
from hposweep.plan.planner import plan
from tests.unit import world
from tests.unit.judge.linter.cases_notify import target
from tests.unit.report.reading import after
from tests.unit.report.test_notifications import complete, noted, unhealthy

NOON = world.NOON


def ended(*targets: object) -> tuple[Sweep, Status]:
    """A sweep that has ended, with its pending rows."""
    of = world.sweep(notify=list(targets or [target()]))
    return of, noted(of, complete(of))


def with_row(**changes: object) -> Sweep:
    of, status = ended()
    return after(of, replace(status, notifications=(replace(status.notifications[0], **changes),)))  # type: ignore[arg-type]


def row_of(sweep: Sweep) -> NotificationStatus:
    assert sweep.status is not None
    return sweep.status.notifications[0]


def test_a_pending_notification_is_sent_with_names_and_the_next_command() -> None:
    of, status = ended()
    (action,) = notifications(after(of, status), (), NOON)
    assert action.title == "HPOSweep default/digits ended: Complete"
    assert action.body == "10 of 10 trials, best score 0.6 (trial 3)\n\nkubectl describe hposweep -n default digits"
    assert (action.kind, action.attempt.number) == ("success", 1)


def test_a_notification_says_why_the_sweep_was_run_and_whom_to_ask() -> None:
    of, status = ended()
    told = after(replace(of, spec=replace(of.spec, description="wider than v2", owner="ada")), status)
    (action,) = notifications(told, (), NOON)
    assert "\n\nwider than v2\n\nOwner: ada\n\nkubectl describe" in action.body


@pytest.mark.parametrize(
    ("event", "subject", "title", "kind"),
    [
        ("Ended", "Failed", "ended: Failed", "failure"),
        ("Ended", "Stopped", "ended: Stopped", "info"),
        ("Asked", "mid", "asks: mid", "warning"),
        ("Unhealthy", "SlowTrials", "unhealthy: SlowTrials", "warning"),
        ("GateFailed", "SecretNotFound", "cannot start: SecretNotFound", "failure"),
    ],
)
def test_each_event_has_its_title_and_kind(event: str, subject: str, title: str, kind: str) -> None:
    (action,) = notifications(with_row(event=event, subject=subject), (), NOON)
    assert (action.title, action.kind) == (f"HPOSweep default/digits {title}", kind)


@pytest.mark.parametrize("outcome", ["Sent", "GivenUp"])
def test_what_was_sent_or_given_up_is_not_sent_again(outcome: str) -> None:
    assert notifications(with_row(outcome=outcome), (), NOON + timedelta(days=1)) == ()


@pytest.mark.parametrize("result", [None, DeliveryResult.SENT, DeliveryResult.REFUSED])
def test_an_attempt_is_not_started_twice_before_its_result_is_in_the_status(result: DeliveryResult | None) -> None:
    of = with_row()
    delivery = Delivery(next_attempt(row_of(of)), NOON, result)
    assert notifications(of, (delivery,), NOON) == ()
    assert of.status is not None
    assert notification_requeue_after_seconds(of, of.status, (delivery,), NOON) is None


def test_another_process_repeats_an_attempt_whose_result_was_not_written() -> None:
    assert len(notifications(with_row(), (), NOON)) == 1


@pytest.mark.parametrize(("attempts", "pause"), [(0, 0), (1, 10), (2, 60), (3, 300), (4, 900)])
def test_pauses_grow(attempts: int, pause: int) -> None:
    of = with_row(attempts=attempts)
    assert of.status is not None
    assert notification_requeue_after_seconds(of, of.status, (), NOON) == pause
    moment = NOON + timedelta(seconds=pause)
    assert len(notifications(of, (), moment)) == 1
    assert notifications(of, (), moment - timedelta(seconds=1)) == ()


def test_a_pass_is_due_when_a_finding_has_lasted_long_enough() -> None:
    of = world.sweep(notify=[target("Unhealthy")])
    status = noted(of, unhealthy(of))
    assert notification_requeue_after_seconds(of, status, (), NOON + timedelta(seconds=20)) == 40


def test_without_targets_no_pass_is_due() -> None:
    of = world.sweep()
    assert notification_requeue_after_seconds(of, noted(of, unhealthy(of)), (), NOON) is None


def _notified(of: Sweep, now: datetime) -> tuple[Notify, ...]:
    seen = replace(complete(of), deliveries=(), now=now)
    return plan(of, seen, judge(of, seen)).of_kind(Notify)


def test_notifications_come_first_because_an_action_that_fails_ends_the_plan() -> None:
    of = with_row()
    assert of.status is not None
    running = replace(of, status=replace(of.status, conditions=()))
    seen = replace(world.seen(world.study(running)), deliveries=())
    assert [type(action) for action in plan(running, seen, judge(running, seen)).actions] == [Notify, CreateJob]


def test_notifications_are_part_of_the_plan_and_of_no_local_run() -> None:
    of = with_row()
    assert len(_notified(of, NOON)) == 1
    seen = complete(of)
    assert plan(of, seen, judge(of, seen)).of_kind(Notify) == ()
