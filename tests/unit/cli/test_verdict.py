"""Exit codes, and what is told at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.status import TierStatus
from hposweep.cli.run.verdict import exit_code, how_to_continue, verdict
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


def test_the_end_names_the_best_trial_and_every_condition_that_judges() -> None:
    status = replace(STATUS, conditions=ended(c.COMPLETE, c.BUDGET_REACHED))
    text = "\n".join(verdict(status, Path("/runs/x"), 12.34))
    assert "Running in 12.3 s: 3 of 9 trials" in text
    assert "  Complete: True (BudgetReached)\n    why\n" in text
    assert "Best trial 1: loss 0.25" in text
    assert "/runs/x/" in text


def test_what_the_breaker_asks_for_is_said_in_the_words_of_a_run() -> None:
    stuck = Condition(c.HEALTHY, c.FALSE, c.FAILING_IMMEDIATELY, "set `spec.suspend`", 1, NOW)
    hint = "run the same command again"
    assert hint in "\n".join(verdict(replace(STATUS, conditions=(stuck,)), Path("/runs/x"), 1.0))
    assert hint not in "\n".join(verdict(replace(STATUS, conditions=()), Path("/runs/x"), 1.0))


def test_tiers_come_first_and_long_sentences_wrap() -> None:
    tier = Condition("MinimumSuccess", c.FALSE, "CriteriaNotMet", "because " * 30, 1, NOW)
    status = replace(
        STATUS, success=(TierStatus("minimum", "False"),), conditions=(*ended(c.COMPLETE, c.BUDGET_REACHED), tier)
    )
    lines = list(verdict(status, Path("/runs/x"), 12.34, width=80))
    assert lines.index("  MinimumSuccess: False (CriteriaNotMet)") < lines.index("  Complete: True (BudgetReached)")
    assert max(len(line) for line in lines) < 80
