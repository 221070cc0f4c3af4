"""The words of `hposweep history`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hposweep.api.record import RecordEntry, RecordStatus
from hposweep.cli.history.table import as_json, as_text, merged
from hposweep.model.record import Record, RecordPage
from tests.unit.world import NOON


def record(number: int, message: str = "words", uid: str = "u", **fields: Any) -> Record:
    values = {"kind": "Spec", "actor": "kubectl-patch", "trials": 12} | fields
    entry = RecordEntry(number=number, time=NOON + timedelta(seconds=number), message=message, **values)
    return Record("vision/digits", uid, entry)


def test_a_line_has_time_kind_actor_trials_and_numbers() -> None:
    page = RecordPage((record(1, "`spec.trials.max`: 40 → 60", numbers={"generation": 2.0}),))
    assert as_text(page).splitlines() == [
        "TIME (UTC)           KIND       ACTOR                       TRIALS  WHAT",
        "2026-01-01 12:00:01  Spec       kubectl-patch                   12  `spec.trials.max`: 40 → 60 [generation=2]",
    ]


def test_missing_numbers_are_told_and_the_end_of_a_page_is_no_gap() -> None:
    text = as_text(RecordPage((record(5), record(6), record(9))))
    assert text.splitlines()[3] == "(2 entries missing: the database did not take them)"
    assert text.count("missing") == 1


def test_a_clock_that_went_back_makes_no_gap() -> None:
    entry = replace(record(3), entry=replace(record(3).entry, time=NOON))
    assert "missing" not in as_text(merged(RecordPage((record(2), entry)), ()))


def test_a_status_alone_says_what_the_database_has() -> None:
    page, recent = RecordPage((record(5), record(6))), RecordStatus(count=6)
    assert as_text(page, recent).splitlines()[1].startswith("(4 earlier entries: database of the study; set HPOSWEEP")
    assert as_text(RecordPage(), recent) == "no entry yet\n"


def test_rows_of_another_program_cannot_steer_the_terminal() -> None:
    page = RecordPage((record(1, "\x1b[2Jgone\nnext", actor="a\tb"),), unreadable=2, is_cut=True)
    text = as_text(page)
    assert "\x1b" not in text
    assert len(text.splitlines()) == 4
    assert "(2 rows left out: written by another program)" in text


def test_entries_of_several_sweeps_name_them() -> None:
    text = as_text(RecordPage((record(1), record(1, uid="v"))))
    assert text.count("vision/digits: words") == 2


def test_the_status_overrides_what_a_tenant_wrote_into_the_database() -> None:
    stored = RecordPage((record(1), record(2, "forged")), unreadable=1)
    page = merged(stored, [record(2, "true"), record(3)])
    assert [entry.entry.message for entry in page.records] == ["words", "true", "words"]
    assert page.unreadable == 1


def test_json_has_one_object_a_line() -> None:
    (line,) = as_json(RecordPage((record(1, numbers={"best": 0.5}),))).splitlines()
    assert json.loads(line) == {
        "sweep": "vision/digits",
        "uid": "u",
        "number": 1,
        "time": "2026-01-01T12:00:01Z",
        "kind": "Spec",
        "actor": "kubectl-patch",
        "message": "words",
        "trials": 12,
        "numbers": {"best": 0.5},
    }
