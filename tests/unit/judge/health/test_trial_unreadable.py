"""Rows that cannot be read are named by trial and key."""

from __future__ import annotations

from dataclasses import replace

from hposweep.judge.health.findings import findings
from hposweep.model.findings import HealthFinding
from hposweep.model.history import History, UnreadableRow
from tests.unit import world
from tests.unit.judge.health.builders import complete, evidence

SWEEP = world.sweep()


def found(*rows: UnreadableRow) -> list[HealthFinding]:
    view = evidence(SWEEP, [])
    view = replace(view, history=History(tuple(complete(number) for number in range(5)), rows))
    return [entry for entry in findings(SWEEP.spec, view, 1, world.NOON) if entry.reason == "TrialUnreadable"]


def test_nothing_unreadable_is_no_finding() -> None:
    assert found() == []


def test_three_are_named_and_the_others_counted() -> None:
    rows = [UnreadableRow(number, f"parameter `lr{number}`") for number in range(5)]
    (finding,) = found(*rows)
    assert finding.message == (
        "cannot be read: parameter `lr0` of trial 0, parameter `lr1` of trial 1, parameter `lr2` of trial 2 and 2 "
        "more; rules and criteria leave them out"
    )


def test_a_name_cannot_move_the_cursor() -> None:
    (finding,) = found(UnreadableRow(3, "attribute `\x1b[2Jx`"))
    assert "attribute `[2Jx` of trial 3;" in finding.message
