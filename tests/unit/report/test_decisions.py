"""What people read of decision points: the status, `OnTrack`, events, and the one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.history import History
from hposweep.report.decisions import MESSAGE_LIMIT
from hposweep.report.events import events
from hposweep.report.status import report
from tests.unit import world
from tests.unit.judge.deciding import point, seen, sweep, visited
from tests.unit.judge.histories import after, of_values

BUSY = {"jobs": (world.job(),), "pods": (world.pod(),)}
GONE = {"jobs": (world.job(is_suspended=True),)}
NOW = after(600)
Told = list[tuple[str, bool]]  # reasons of events, and which of them warn
ASK = {"deadlineSeconds": 60, "default": "Continue"}


def of_best(value: float) -> History:
    return of_values([0.1, value, 0.1, 0.1, 0.1])


def on_track(of: Sweep) -> tuple[str, str, str]:
    assert of.status is not None
    found = of.status.condition("OnTrack")
    assert found is not None
    return found.status, found.reason, found.message


def passed(of: Sweep, so_far: History | None, seconds: float = 0, **children: Any) -> tuple[Sweep, Told]:
    """One pass, and the events that it posts of decisions."""
    at = seen(of, so_far, NOW + timedelta(seconds=seconds), **(children or BUSY))
    after_it, _ = visited(of, at)
    assert after_it.status is not None
    posted = events(of.status, after_it.status, at.now)
    return after_it, [(event.reason, event.is_warning) for event in posted if "decision `" in event.message]


def test_a_sweep_without_decision_points_has_no_such_condition() -> None:
    of, _ = passed(sweep(), of_best(0.31))
    assert of.status is not None
    assert of.status.condition("OnTrack") is None
    assert of.status.decisions == ()


def test_before_the_first_point_it_is_unknown_and_no_news() -> None:
    for so_far in (of_values([0.1]), None):
        of, told = passed(sweep(point(), point("late", at={"trials": 9})), so_far)
        assert on_track(of)[:2] == ("Unknown", "NotReached")
        assert "`mid-sweep`, `late`" in on_track(of)[2]
        assert told == []


def test_after_the_end_no_point_is_still_to_come() -> None:
    of = sweep(point(), point("late", at={"trials": 9}), stop="Drain")
    running, _ = passed(of, of_values([0.1]))
    assert on_track(running)[2] == "no decision point has been reached yet (defined: `mid-sweep`, `late`)"
    ended, _ = passed(of, of_values([0.1]), **GONE)
    assert on_track(ended) == (
        "Unknown",
        "NotReached",
        "no decision point was reached before the sweep ended (defined: `mid-sweep`, `late`)",
    )


def test_a_first_visit_shows_it_too() -> None:
    of, _ = visited(replace(sweep(point()), status=None), world.seen())
    assert on_track(of)[:2] == ("Unknown", "NotReached")


@pytest.mark.parametrize(
    ("best", "condition", "event"),
    [
        (0.31, ("True", "Continue"), ("Continue", False)),
        (0.28, ("Unknown", "Asked"), ("Asked", True)),
        (0.20, ("False", "Stopped"), ("Stopped", True)),
    ],
)
def test_each_outcome_is_a_status_a_reason_and_one_event(
    best: float, condition: tuple[str, str], event: tuple[str, bool]
) -> None:
    of, told = passed(sweep(point()), of_best(best))
    assert on_track(of)[:2] == condition
    assert told == [event]
    assert passed(of, of_best(best), 1)[1] == []


def test_two_decisions_that_come_to_the_same_are_two_events() -> None:
    of, told = passed(sweep(point("first", at={"trials": 3}), point("second")), of_best(0.31))
    assert told == [("Continue", False)] * 2
    assert "decision `second`" in on_track(of)[2]
    assert of.status is not None
    assert [entry.name for entry in of.status.decisions] == ["first", "second"]


def test_a_question_says_how_to_answer_and_until_when() -> None:
    of, _ = passed(sweep(point(ask=ASK)), of_best(0.28))
    assert of.status is not None
    words = on_track(of)[2]
    assert "`spec.answers`" in words
    assert "before 2025-12-31 12:11:00 UTC, or `Continue` applies" in words
    assert "decision `mid-sweep` waits for an answer until 2025-12-31 12:11:00 UTC; about" in of.status.message
    assert of.status.state == "Running"
    (entry,) = of.status.decisions
    assert (entry.outcome, entry.deadline, entry.by) == ("Ask", NOW + timedelta(seconds=60), "")


@pytest.mark.parametrize(
    ("answer", "condition", "event"),
    [("Continue", ("True", "Continue"), ("Continue", False)), ("Stop", ("False", "Stopped"), ("Stopped", True))],
)
def test_an_answer_is_told(answer: str, condition: tuple[str, str], event: tuple[str, bool]) -> None:
    of, _ = passed(sweep(point(ask=ASK)), of_best(0.28))
    given = [{"decision": "mid-sweep", "answer": answer, "by": "ada"}]
    of, told = passed(replace(sweep(point(ask=ASK), answers=given), status=of.status), of_best(0.28), 5)
    assert on_track(of)[:2] == condition
    assert told == [event]
    assert of.status is not None
    assert of.status.decisions[0].by == "ada"


@pytest.mark.parametrize(("default", "status", "is_warning"), [("Continue", "True", False), ("Stop", "False", True)])
def test_a_default_has_a_reason_of_its_own(default: str, status: str, is_warning: bool) -> None:
    of, _ = passed(sweep(point(ask=ASK | {"default": default})), of_best(0.28))
    of, told = passed(of, None, 60)
    assert on_track(of)[:2] == (status, "DefaultApplied")
    assert told == [("DefaultApplied", is_warning)]


def test_a_dry_run_goes_on_and_says_what_it_would_have_done() -> None:
    of, told = passed(sweep(point(dryRun=True)), of_best(0.2))
    assert on_track(of)[:2] == ("True", "Continue")
    assert "would have stopped the sweep" in on_track(of)[2]
    assert told == [("Continue", False)]
    assert of.status is not None
    assert (of.status.decisions[0].outcome, of.status.decisions[0].dry_run) == ("Stop", True)
    assert of.status.state == "Running"


def test_a_question_stands_above_what_is_decided_meanwhile() -> None:
    of, _ = passed(sweep(point(), point("later", at={"seconds": 610}, otherwise="Continue")), of_best(0.28))
    of, _ = passed(of, of_best(0.28), 20)
    assert of.status is not None
    assert [entry.outcome for entry in of.status.decisions] == ["Ask", "Continue"]
    assert on_track(of)[:2] == ("Unknown", "Asked")


def test_a_sweep_that_a_decision_stops_drains_and_is_then_stopped() -> None:
    of, _ = passed(sweep(point()), of_best(0.2))
    assert of.status is not None
    assert of.status.state == "Draining"
    assert of.status.message.endswith("stopped by decision `mid-sweep` (no improvement)")
    ready = of.status.condition("WorkersReady")
    assert ready is not None
    assert (ready.status, ready.reason) == ("False", "Finished")
    of, _ = passed(of, of_best(0.2), 9, **GONE)
    assert of.status is not None
    assert of.status.state == "Stopped"
    assert of.status.message == "5 of 10 trials, best score 0.2 (trial 1), stopped by decision `mid-sweep`"
    complete = of.status.condition("Complete")
    assert complete is not None
    assert (complete.status, complete.reason) == ("True", "StoppedByDecision")
    later = passed(of, None, 10**6, **GONE)[0].status
    assert later is not None
    assert (later.decisions, later.condition("OnTrack")) == (of.status.decisions, of.status.condition("OnTrack"))


def test_a_sweep_whose_time_is_up_is_complete() -> None:
    of, _ = passed(sweep(budget={"activeDeadlineSeconds": 60}), of_best(0.2))
    assert of.status is not None
    assert of.status.state == "Draining"
    of, _ = passed(of, of_best(0.2), 9, **GONE)
    assert of.status is not None
    assert of.status.state == "Complete"
    assert of.status.message.endswith("time limit reached")


def test_a_question_that_the_end_left_open_says_so() -> None:
    of, _ = passed(sweep(point(), most=5), of_best(0.28))
    of, told = passed(of, of_best(0.28), 9, **GONE)
    assert told == [("Unanswered", True)]
    assert of.status is not None
    assert [entry.deadline for entry in of.status.decisions] == [None]
    assert on_track(of)[:2] == ("Unknown", "Asked")
    assert on_track(of)[2].endswith(". The sweep ended before it was answered")
    assert passed(of, of_best(0.28), 10**6, **GONE)[0].status == of.status


def test_a_long_sentence_is_cut_to_what_the_schema_allows() -> None:
    of = sweep(point())
    at = seen(of, of_best(0.31), NOW, **BUSY)
    verdicts = judge(of, at)
    long = replace(verdicts.decisions[0], message="x" * (MESSAGE_LIMIT + 1))
    (entry,) = report(of, at, replace(verdicts, decisions=(long,)), NOW).decisions
    assert (len(entry.message), entry.message[-1]) == (MESSAGE_LIMIT, "…")
