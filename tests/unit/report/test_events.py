"""Events tell what changed, once, and warn only of bad news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hposweep.api.conditions import Condition
from hposweep.api.status import Status, StudyStatus, TrialsStatus, WorkersStatus
from hposweep.report.events import events

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def status(*conditions: tuple[str, str, str]) -> Status:
    entries = tuple(Condition(kind, value, reason, "why", 1, NOON) for kind, value, reason in conditions)
    return Status(1, "Running", "", StudyStatus("s"), TrialsStatus(10), "", WorkersStatus(1), 0, "", conditions=entries)


def told(before: Status | None, after: Status) -> list[tuple[str, bool]]:
    return [(event.reason, event.is_warning) for event in events(before, after, NOON)]


def test_a_change_is_told_once() -> None:
    before = status(("WorkersReady", "Unknown", "Pending"))
    after = status(("WorkersReady", "False", "Unschedulable"))
    assert told(before, after) == [("Unschedulable", True)]
    assert told(after, after) == []


def test_another_reason_with_the_same_status_is_news() -> None:
    before = status(("WorkersReady", "False", "Unschedulable"))
    after = status(("WorkersReady", "False", "ImagePullFailed"))
    assert told(before, after) == [("ImagePullFailed", True)]


def test_another_sentence_is_no_news() -> None:
    before = status(("MinimumSuccess", "Unknown", "NotYet"))
    entry = replace(before.conditions[0], message="now 3 trials")
    assert told(before, replace(before, conditions=(entry,))) == []


def with_messages(*entries: tuple[str, str, str, str]) -> Status:
    conditions = tuple(Condition(kind, value, reason, message, 1, NOON) for kind, value, reason, message in entries)
    return replace(status(), conditions=conditions)


def test_a_sentence_is_told_once_with_its_action() -> None:
    after = with_messages(
        ("Accepted", "False", "InvalidSpec", "wrong"),
        ("Healthy", "False", "InvalidSpec", "wrong. Correct it"),
        ("Failed", "True", "InvalidSpec", "wrong"),
    )
    assert [event.message for event in events(None, after, NOON)] == ["wrong. Correct it"]
    equal = with_messages(("WorkersReady", "False", "CrashLooping", "x"), ("Healthy", "False", "CrashLooping", "x"))
    assert [event.message for event in events(None, equal, NOON)] == ["x"]


def test_tiers_with_one_sentence_have_an_event_each() -> None:
    after = with_messages(
        ("MinimumSuccess", "True", "AllCriteriaMet", "loss < 1"), ("FullSuccess", "True", "AllCriteriaMet", "loss < 1")
    )
    assert [event.message for event in events(None, after, NOON)] == [
        "MinimumSuccess: loss < 1",
        "FullSuccess: loss < 1",
    ]


def test_waiting_is_no_event() -> None:
    assert told(None, status(("Accepted", "Unknown", "Pending"), ("Complete", "False", "NotYet"))) == []


def test_the_good_ends_do_not_warn_and_the_bad_one_does() -> None:
    after = status(("Complete", "True", "StoppedByUser"), ("WorkersReady", "False", "Finished"))
    assert told(None, after) == [("StoppedByUser", False), ("Finished", False)]
    assert told(None, status(("WorkersReady", "False", "Suspended"))) == [("Suspended", False)]
    assert told(None, status(("Failed", "True", "WorkersFailed"))) == [("WorkersFailed", True)]
    assert told(None, status(("MinimumSuccess", "False", "CriteriaNotMet"))) == [("CriteriaNotMet", True)]


def test_a_spec_with_warnings_is_accepted_and_warned_of() -> None:
    assert told(None, status(("Accepted", "True", "ValidWithWarnings"))) == [("ValidWithWarnings", True)]
    assert told(None, status(("Accepted", "True", "Valid"))) == [("Valid", False)]


def test_a_slow_image_pull_is_told_and_not_warned_of() -> None:
    assert told(None, status(("WorkersReady", "False", "PullingImage"))) == [("PullingImage", False)]
