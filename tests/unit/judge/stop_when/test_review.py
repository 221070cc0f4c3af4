"""The trials after which workers let the operator judge them first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.judge.failures import too_many_failed
from hposweep.judge.stop_when.reached import first_reached
from hposweep.judge.stop_when.review import review
from hposweep.model.history import History
from hpotrial.protocol.control import FailureLimit, Goal, Review
from tests import builders
from tests.unit.judge.deciding import NOW, evidence, seen, visited
from tests.unit.judge.histories import failed, history, of_values, trial
from tests.unit.judge.stop_when.stopping import GOAL, GONE, failures, patience, stopping

SHARE = Review(failures=(FailureLimit(0.5, 10),))


def test_each_goal_is_a_number_of_its_objective() -> None:
    of = stopping(GOAL, {"bestValue": {"improvesBaselineBy": "10%"}}, baseline={"value": 0.2})
    assert review(of.spec, evidence(of, history())) == Review((Goal(0, 0.35, is_above=True),)), "no baseline was read"
    below = stopping({"bestValue": {"lessThan": 0.1}}, study=builders.study(direction="Minimize"))
    assert review(below.spec, evidence(below, history())) == Review((Goal(0, 0.1, is_above=False),))


def test_a_goal_in_a_part_of_the_space_is_one_of_its_trials() -> None:
    of = stopping({"bestValue": {"greaterThan": 0.35, "where": {"kind": "a"}}})
    goal = Goal(0, 0.35, is_above=True, restriction={"kind": "a"})
    assert review(of.spec, evidence(of, history())) == Review((goal,))


@pytest.mark.parametrize(
    ("so_far", "finished"),
    [
        (history(), 6),
        (of_values([0.1]), 6),
        (of_values([0.1, 0.2, 0.1]), 7),
        (history(trial(0, 0.1), failed(1), failed(2)), 8),
        (of_values([0.1] * 5), 6),
    ],
)
def test_patience_is_used_up_after_so_many_trials_at_the_earliest(so_far: History, finished: int) -> None:
    of = stopping(patience(5))
    assert review(of.spec, evidence(of, so_far)) == Review(finished=finished)


def test_patience_that_waits_for_its_minimum_waits() -> None:
    of = stopping(patience(2, minTrials=9))
    assert review(of.spec, evidence(of, of_values([0.1] * 6))) == Review(finished=9)


def test_a_limit_of_failures_is_the_rule_itself() -> None:
    of = stopping(failures(0.5), failures(0.2, minTrials=30))
    assert review(of.spec, evidence(of, history(failed(0)))) == Review(
        failures=(FailureLimit(0.5, 10), FailureLimit(0.2, 30))
    )


@pytest.mark.parametrize(("limit", "max_failed"), [(3, 3), (0, 0), ("10%", 2), ("0%", 0)])
def test_a_number_of_failures_is_the_limit_itself(limit: int | str, max_failed: int) -> None:
    trials = {"max": 25, "maxFailed": limit}
    for of, rule in ((stopping(trials=trials), Review()), (stopping(failures(0.5), trials=trials), SHARE)):
        assert review(of.spec, evidence(of, history(failed(0)))) == replace(rule, max_failed=max_failed)


@given(max_failed=st.integers(0, 4), is_failed=st.lists(st.booleans(), max_size=12))
def test_a_worker_waits_for_the_number_of_failures_that_ends_the_sweep(max_failed: int, is_failed: list[bool]) -> None:
    of = stopping(trials={"max": 25, "maxFailed": max_failed})
    so_far = history(*(failed(place) if fails else trial(place, 0.1) for place, fails in enumerate(is_failed)))
    block = review(of.spec, evidence(of, so_far))
    assert block is not None
    ends = too_many_failed(of, seen(of, so_far, NOW).storage.study) is not None
    assert block.has_too_many_failures(len(is_failed), sum(is_failed)) == ends


@given(
    limit=st.floats(0, 0.999).map(lambda share: round(share, 3)),
    min_trials=st.integers(1, 6),
    is_failed=st.lists(st.booleans(), max_size=12),
)
def test_a_worker_waits_for_the_failures_that_stop_the_sweep(
    limit: float, min_trials: int, is_failed: list[bool]
) -> None:
    of = stopping(failures(limit, minTrials=min_trials))
    for number in range(len(is_failed)):
        past = is_failed[: number + 1]
        so_far = history(*(failed(place) if fails else trial(place, 0.1) for place, fails in enumerate(past)))
        block = review(of.spec, evidence(of, so_far))
        assert block is not None
        holds = first_reached(of.spec, evidence(of, so_far), NOW, judged=number) is not None
        assert block.failures[0].is_exceeded(len(past), sum(past)) == holds


def test_nothing_is_reviewed_without_a_rule_or_after_a_stop() -> None:
    of = stopping()
    assert review(of.spec, evidence(of, of_values([0.1]))) is None
    reached = stopping(GOAL)
    _, verdicts = visited(reached, seen(reached, of_values([0.5]), NOW, jobs=GONE))
    assert verdicts.review is None
