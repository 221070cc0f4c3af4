"""What whoever watches a run sees: lines that are news in a pipe, one table that changes in a terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hposweep.api.status import BestStatus, Status, StudyStatus, TrialsStatus, WorkersStatus
from hposweep.cli.run.screen import Lines, Table, screen
from hposweep.model.event import Event

STATUS = Status(
    observed_generation=1,
    state="Running",
    message="3 of 9 trials",
    study=StudyStatus("s", 1),
    trials=TrialsStatus(max=9, finished=3, running=2, failed=1),
    progress="3/9",
    workers=WorkersStatus(desired=2, running=2),
    replicas=2,
    selector="",
    best=BestStatus(1, 0.25, {"loss": 0.25}, {}),
)
EVENT = Event("Connected", "study `s`", is_warning=False, time=datetime(2030, 1, 1, tzinfo=UTC))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines_of(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_a_pipe_gets_a_line_only_when_something_moved() -> None:
    out = io.StringIO()
    watched = screen(out)
    assert isinstance(watched, Lines)
    watched.show(STATUS)
    watched.show(replace(STATUS, message="other words"))
    watched.tick()
    watched.show(replace(STATUS, progress="4/9"))
    assert lines_of(out.getvalue()) == [
        ["STATE", "PROGRESS", "RUNNING", "FAILED", "BEST", "WORKERS", "ELAPSED"],
        ["Running", "3/9", "2", "1", "0.25", "2/2", "0s"],
        ["Running", "4/9", "2", "1", "0.25", "2/2", "0s"],
    ]


def test_a_warning_looks_like_one() -> None:
    out = io.StringIO()
    Lines(out).tell(replace(EVENT, is_warning=True))
    assert out.getvalue() == "Warning  Connected          study `s`\n"


def test_a_terminal_gets_one_table_that_stays_in_its_place() -> None:
    out = Terminal()
    watched = screen(out)
    assert isinstance(watched, Table)
    watched.show(STATUS)
    watched.tell(EVENT)
    watched.show(replace(STATUS, progress="4/9"))
    drawn = out.getvalue().split("\x1b[J")
    assert [part.count("\n") for part in drawn[1:]] == [2, 5, 5]
    assert drawn[2].endswith("\x1b[5A"), "back to its first line before it is drawn again"
    assert "4/9" in drawn[3]
    assert "Connected" in drawn[3]


def test_what_is_said_stays_above_the_table() -> None:
    out = Terminal()
    table = Table(out)
    table.show(STATUS)
    table.say("stopping")
    table.tick()
    after = out.getvalue().split("stopping\n")[1]
    assert after.startswith("\r\x1b[JSTATE"), "the line itself is never drawn over"


def test_the_table_is_drawn_no_more_when_it_was_closed() -> None:
    out = Terminal()
    table = Table(out)
    table.show(STATUS)
    table.close()
    before = out.getvalue()
    table.tick()
    table.close()
    assert out.getvalue() == before


def test_a_line_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    out = Terminal()
    Table(out).tell(replace(EVENT, message="long " * 50))
    drawn = out.getvalue().rpartition("\x1b[J")[2]
    assert max(len(line) for line in drawn.splitlines()) < 30
