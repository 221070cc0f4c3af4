"""An event as a Kubernetes object, whose name makes equal ones one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hposweep.cluster.event import MAX_MESSAGE_CHARACTERS, event_body
from hposweep.model.event import Event
from tests.unit import world

EVENT = Event("Unschedulable", "no node has a GPU", is_warning=True, time=world.NOON)
SWEEP = world.sweep()


def name(event: Event, sweep: object = SWEEP) -> str:
    return str(event_body(sweep, event)["metadata"]["name"])  # type: ignore[arg-type]  # a sweep


def test_equal_words_have_one_name_and_others_another() -> None:
    assert name(EVENT) == name(replace(EVENT, time=world.NOON + timedelta(hours=1)))
    others = [replace(EVENT, reason="Running"), replace(EVENT, message="x"), replace(EVENT, is_warning=False)]
    names = [name(EVENT), *map(name, others), name(EVENT, replace(SWEEP, uid="another"))]
    assert len(set(names)) == 5
    assert name(EVENT).startswith("digits.")


def test_the_object_is_about_the_sweep() -> None:
    body = event_body(SWEEP, replace(EVENT, message="x" * 5000))
    assert body["involvedObject"]["uid"] == world.UID
    assert (body["type"], body["count"], body["lastTimestamp"]) == ("Warning", 1, "2026-01-01T12:00:00Z")
    assert len(body["message"]) == MAX_MESSAGE_CHARACTERS


def test_its_message_moves_no_cursor() -> None:
    assert event_body(SWEEP, replace(EVENT, message="\x1b[2Jcleared"))["message"] == "[2Jcleared"
