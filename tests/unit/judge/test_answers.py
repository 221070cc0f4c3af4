"""What becomes of a question: an answer, the default, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hposweep.api.sweep import Sweep
from hposweep.model.history import History
from hposweep.model.observation import Observation
from tests.unit.judge.deciding import NOW, best_of, made, point, seen, sweep, visited


def asked(**more: object) -> Sweep:
    """A sweep whose decision point has asked at NOW."""
    of, _ = visited(sweep(point(**{"ask": {"deadlineSeconds": 60, "default": "Stop"}, **more})), _seen(best_of(0.28)))
    return of


def _seen(so_far: History | None) -> Observation:
    return seen(sweep(), so_far, NOW)


def answered(of: Sweep, *answers: tuple[str, str]) -> Sweep:
    who = {"by": "ada", "reason": "it looks fine"}
    given = [{"decision": name, "answer": answer, **who} for name, answer in answers]
    return replace(sweep(point(), answers=given), status=of.status)


def test_a_question_waits_and_is_not_asked_again() -> None:
    of = asked()
    for second in (1, 30, 59):
        (decision,) = made(of, best_of(0.9), NOW + timedelta(seconds=second))
        assert (decision.outcome, decision.is_pending) == ("Ask", True)
        assert (decision.time, decision.deadline) == (NOW, NOW + timedelta(seconds=60))


@pytest.mark.parametrize("answer", ["Continue", "Stop"])
def test_an_answer_settles_it_also_while_the_database_is_away(answer: str) -> None:
    later = NOW + timedelta(seconds=10)
    for so_far in (best_of(0.28), None):
        (decision,) = made(answered(asked(), ("mid-sweep", answer)), so_far, later)
        assert (decision.outcome, decision.by, decision.time) == (answer, "ada", later)
        assert decision.deadline is None
        assert decision.message.endswith(f"; ada answered {answer}: it looks fine")
        assert decision.trials == 5


def test_the_last_answer_counts_and_one_to_another_question_does_not() -> None:
    of = answered(asked(), ("mid-sweep", "Continue"), ("mid-sweep", "Stop"), ("other", "Continue"))
    assert made(of, best_of(0.28))[0].outcome == "Stop"
    assert made(answered(asked(), ("other", "Continue")), best_of(0.28))[0].outcome == "Ask"


def test_an_answer_that_was_there_before_the_question_settles_it_at_once() -> None:
    of = answered(sweep(), ("mid-sweep", "Continue"))
    (decision,) = made(of, best_of(0.28))
    assert (decision.outcome, decision.by) == ("Continue", "ada")


@pytest.mark.parametrize("default", ["Continue", "Stop"])
def test_when_nobody_answers_the_default_holds(default: str) -> None:
    of = asked(ask={"deadlineSeconds": 60, "default": default})
    late = NOW + timedelta(seconds=60)
    (decision,) = made(of, None, late)
    assert (decision.outcome, decision.by, decision.time, decision.deadline) == (default, "default", late, None)
    assert f"no answer within 60 s, so `{default}` applies" in decision.message


def test_an_answer_that_was_seen_too_late_still_counts() -> None:
    of = answered(asked(), ("mid-sweep", "Continue"))
    assert made(of, None, NOW + timedelta(days=1))[0].by == "ada"


def test_what_an_answer_settled_no_other_answer_changes() -> None:
    of, _ = visited(answered(asked(), ("mid-sweep", "Continue")), _seen(best_of(0.28)))
    changed = answered(of, ("mid-sweep", "Stop"))
    assert made(changed, best_of(0.28), NOW + timedelta(days=1)) == made(of, best_of(0.28), NOW)


@pytest.mark.parametrize(
    ("best", "outcome", "words"),
    [
        (0.2, "Stop", "would have stopped the sweep (no improvement)"),
        (0.28, "Ask", "would have asked"),
        (0.31, "Continue", "would have continued (on track)"),
    ],
)
def test_a_dry_run_says_what_it_would_have_done_and_waits_for_nobody(best: float, outcome: str, words: str) -> None:
    of = answered(sweep(), ("mid-sweep", "Stop"))
    of = replace(of, spec=replace(of.spec, decision_points=sweep(point(dryRun=True)).spec.decision_points))
    (decision,) = made(of, best_of(best))
    assert (decision.outcome, decision.dry_run, decision.deadline) == (outcome, True, None)
    assert words in decision.message
    assert not decision.stops
    assert not decision.is_pending
