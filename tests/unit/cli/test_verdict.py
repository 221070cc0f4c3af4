"""Exit codes, and what is told at the end."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.status import TierStatus
from hposweep.cli.program import program_words
from hposweep.cli.run.colours import print_lines
from hposweep.cli.run.verdict import exit_code, how_to_continue, next_step, verdict
from hposweep.report.glance import glance
from tests.unit.cli.test_screen import STATUS

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def ended(kind: str, reason: str) -> tuple[Condition, ...]:
    return tuple(
        Condition(name, c.TRUE if name == kind else c.FALSE, reason if name == kind else c.NOT_YET, "why", 1, NOW)
        for name in (c.COMPLETE, c.FAILED)
    )


@pytest.mark.parametrize(
    ("kind", "reason", "code"),
    [
        (c.COMPLETE, c.BUDGET_REACHED, 0),
        (c.COMPLETE, c.STUDY_STOPPED, 0),
        (c.COMPLETE, c.STOPPED_BY_USER, 130),
        (c.COMPLETE, c.STOPPED_BY_DECISION, 0),
        (c.COMPLETE, c.TIME_REACHED, 0),
        (c.FAILED, c.WORKERS_FAILED, 1),
        (c.FAILED, c.INVALID_SPEC, 2),
        ("neither", "", 1),
    ],
)
def test_the_exit_code_says_how_it_ended(kind: str, reason: str, code: int) -> None:
    assert exit_code(replace(STATUS, conditions=ended(kind, reason)), stop_code=130) == code


@pytest.mark.parametrize(
    ("kind", "outcome", "code"),
    [(c.COMPLETE, "True", 0), (c.COMPLETE, "False", 3), (c.COMPLETE, "Unknown", 3), (c.FAILED, "True", 1)],
)
def test_a_required_tier_that_is_not_true_is_exit_code_3(kind: str, outcome: str, code: int) -> None:
    reason = c.BUDGET_REACHED if kind == c.COMPLETE else c.WORKERS_FAILED
    status = replace(STATUS, conditions=ended(kind, reason), success=(TierStatus("minimum", outcome),))
    assert exit_code(status, 130, "minimum") == code


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (c.BUDGET_REACHED, "`spec.trials.max`"),
        (c.TIME_REACHED, "`spec.budget.activeDeadlineSeconds`"),
        (c.STOPPED_BY_DECISION, "another --out"),
    ],
)
def test_what_was_done_already_says_how_to_go_on(reason: str, words: str) -> None:
    assert words in how_to_continue(replace(STATUS, conditions=ended(c.COMPLETE, reason)))


def test_the_end_is_the_one_that_the_demo_prints_and_the_files_of_the_run() -> None:
    slow = Condition(c.HEALTHY, c.FALSE, "SlowTrials", "one is slow " * 20, 1, NOW)
    tiers = (TierStatus("minimum", "True"), TierStatus("full", "Unknown"))
    status = replace(STATUS, success=tiers, verdict="minimum", conditions=(*ended(c.COMPLETE, c.BUDGET_REACHED), slow))
    lines = list(verdict(status, Path("/runs/x"), 12.34, width=60))
    end = list(glance(status, 59, 12.34))
    assert lines[: len(end) + 2] == ["", *end, "\n/runs/x/"]
    assert end[:2] == ["VERDICT  `minimum` is reached", "Running in 12.3 s: 3 of 9 trials"]
    assert "! Healthy: False (SlowTrials)" in end
    assert max(len(line) for line in end) < 60


def test_what_the_breaker_asks_for_is_said_in_the_words_of_a_run() -> None:
    stuck = Condition(c.HEALTHY, c.FALSE, c.FAILING_IMMEDIATELY, "set `spec.suspend`", 1, NOW)
    step = next_step(replace(STATUS, conditions=(stuck,)), "hposweep run x.yaml", "x-run", "x.yaml")
    assert step == "Next: read x-run/logs, fix the cause, then continue the same study:\n  hposweep run x.yaml"
    status = replace(STATUS, conditions=ended(c.COMPLETE, c.BUDGET_REACHED))
    step = next_step(status, "hposweep run x.yaml", "x-run", "x.yaml")
    assert step.endswith(f"\n  {program_words()} judge x.yaml --trials x-run/trials.jsonl")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (c.WORKERS_FAILED, "fix the cause, then continue"),
        (c.NO_TRIAL_COMPLETED, "raise `spec.trials.max` to continue it, or use another --out"),
        (c.TOO_MANY_FAILED_TRIALS, "raise `spec.trials.maxFailed` to continue it, or use another --out"),
    ],
)
def test_after_a_failure_the_next_step_is_one_that_helps(reason: str, words: str) -> None:
    step = next_step(replace(STATUS, conditions=ended(c.FAILED, reason)), "hposweep run x.yaml", "x-run", "x.yaml")
    assert words in " ".join(step.split())
    assert step.startswith("Next: read x-run/logs")
    assert step.endswith(":\n  hposweep run x.yaml")
    assert max(map(len, step.splitlines())) < 80


def test_the_end_says_each_sentence_once() -> None:
    message = "no trial completed: all 3 trials failed"
    conditions = (
        Condition(c.HEALTHY, c.FALSE, c.NO_TRIAL_COMPLETED, f"{message}. Fix the objective", 1, NOW),
        Condition(c.FAILED, c.TRUE, c.NO_TRIAL_COMPLETED, message, 1, NOW),
    )
    text = "\n".join(verdict(replace(STATUS, message=message, conditions=conditions), Path("/runs/x"), 1.0))
    assert text.count(message) == 1
    assert "! Healthy: False (NoTrialCompleted)\n    Fix the objective\n" in text


def test_the_beginning_of_another_sentence_is_no_repetition() -> None:
    entry = Condition(c.HEALTHY, c.FALSE, "SlowTrials", "3 of 9 trials are slow", 1, NOW)
    text = "\n".join(verdict(replace(STATUS, message="3 of 9 trials", conditions=(entry,)), Path("/runs/x"), 1.0))
    assert "    3 of 9 trials are slow\n" in text


LINES = ["VERDICT  none", "✗ minimum: False", "    ✓ [loss] < 0.1", "! Healthy: False (SlowTrials)", "plain"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_colour", "is_coloured"), [("", True), ("1", False)])
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, no_colour: str, is_coloured: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", no_colour)
    terminal, pipe = Terminal(), io.StringIO()
    for out in (terminal, pipe):
        print_lines(LINES, out)
    assert ("\x1b[1;31m✗ minimum: False" in terminal.getvalue()) == is_coloured
    assert ("\x1b[32m" in terminal.getvalue()) == is_coloured
    assert "\x1b[1mVERDICT" in terminal.getvalue()  # bold is no colour
    assert ("\x1b[1;33m! Healthy" in terminal.getvalue()) == is_coloured
    assert pipe.getvalue().splitlines() == LINES
