"""The first lines of a run."""

from __future__ import annotations

from hposweep.cli.run.start import start_lines
from tests.unit import world
from tests.unit.judge.linter.cases_notify import target


def test_a_run_says_that_it_sends_no_notifications() -> None:
    lines = [tuple(start_lines(world.sweep(**spec), "a database", ())) for spec in ({}, {"notify": [target()]})]
    assert len(lines[0]) == 1
    assert lines[1] == (
        *lines[0],
        "`spec.notify` has no effect here: only the operator in a cluster sends notifications",
    )
