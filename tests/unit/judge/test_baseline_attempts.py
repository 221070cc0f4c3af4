"""Attempts of the baseline trial among the trials of a study: whose they are, and by how many they raise the budget."""

from __future__ import annotations

from typing import Any

from hposweep.judge.baseline_attempts import beyond_budget, last_attempt, mark_of
from hposweep.model.history import COMPLETE, FAIL, RUNNING, WAITING, History, Trial
from hpotrial import protocol
from hpotrial.protocol.baseline import BaselineMark

UNCHARGED = {protocol.CHARGED: False}


def trial(number: int, state: str, attempt: int = 1, uid: str = "own", *, count: bool = False, **more: Any) -> Trial:
    mark = mark_of(uid, attempt, "input", "", is_counted=count)
    return Trial(number, state, attributes={protocol.BASELINE: mark.to_json(), **more})


def beyond(*trials: Trial) -> int:
    return beyond_budget("own", History(trials))


def test_each_attempt_that_does_not_count_raises_the_budget() -> None:
    assert beyond(trial(0, FAIL), trial(1, COMPLETE, 2), Trial(2, COMPLETE)) == 2
    assert beyond(trial(0, FAIL, count=True), trial(1, COMPLETE, 2)) == 1


def test_the_number_stays_while_an_attempt_waits_runs_and_is_requeued() -> None:
    lost = trial(0, FAIL, **UNCHARGED)
    courses = (
        (trial(0, WAITING),),
        (trial(0, RUNNING),),
        (lost, trial(1, WAITING)),
        (lost, trial(1, RUNNING)),
        (lost, trial(1, COMPLETE)),
    )
    assert [beyond(*course) for course in courses] == [1] * len(courses)


def test_an_attempt_that_was_withdrawn_is_uncharged_already() -> None:
    assert beyond(trial(0, FAIL, **UNCHARGED)) == 0


def test_attempts_of_an_earlier_sweep_are_trials_of_the_adopted_study() -> None:
    others = (trial(0, COMPLETE, uid="earlier"), Trial(1, COMPLETE, attributes={protocol.BASELINE: "no mark"}))
    assert beyond(*others) == 0
    assert last_attempt("own", History(others)) is None


def test_trials_of_a_file_have_no_owner_and_every_mark_counts() -> None:
    assert (
        beyond_budget(None, History((trial(0, COMPLETE, uid="any"), trial(1, COMPLETE, uid="other", count=True)))) == 1
    )


def test_a_mark_keeps_whether_it_counts() -> None:
    for is_counted in (True, False):
        mark = BaselineMark("k", 1, "i", "r", is_counted)
        assert BaselineMark.from_json(mark.to_json()) == mark
    assert BaselineMark.from_json({"key": "k", "attempt": 1, "input": "i"}) == BaselineMark("k", 1, "i")
