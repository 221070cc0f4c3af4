"""A rule that is reached ends the sweep and stays reached, whatever happens afterwards."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.conditions import GOAL_REACHED, TOO_MANY_FAILED_TRIALS
from hposweep.api.sweep import Sweep
from hposweep.judge.course import replayed_course
from hposweep.judge.evidence import Evidence
from hposweep.model.history import Trial
from hposweep.model.verdicts import ReachedRule
from tests import builders
from tests.unit import world
from tests.unit.judge.deciding import NOW, evidence, point, seen, visited
from tests.unit.judge.histories import START, after, failed, history, of_values, trial
from tests.unit.judge.stop_when.stopping import (
    GOAL,
    GONE,
    failures,
    patience,
    reached,
    stopping,
)


def test_it_drains_and_ends_as_complete() -> None:
    of = stopping(GOAL)
    so_far = history(*of_values([0.1, 0.353]).trials, trial(2, state="RUNNING"))
    of, verdicts = visited(of, seen(of, so_far, NOW, jobs=(world.job(),), pods=(world.pod(),)))
    assert (verdicts.end, verdicts.stop.mode if verdicts.stop else None) == (None, "Drain")
    assert of.status is not None
    assert of.status.state == "Draining"
    of, verdicts = visited(of, seen(of, of_values([0.1, 0.353, 0.2]), NOW, jobs=GONE))
    assert verdicts.end is not None
    assert (verdicts.end.reason, verdicts.end.is_failure) == (GOAL_REACHED, False)
    assert verdicts.end.message == (
        "best score 0.353 (trial 1) > 0.35 after 2 of 100 trials; 3 trials had finished at the end"
    )
    assert of.status is not None
    assert of.status.state == "Complete"
    assert of.status.message == "3 of 100 trials, best score 0.353 (trial 1), goal reached"


def test_failures_end_as_failed_with_the_numbers() -> None:
    of = stopping(failures(0.5, minTrials=2))
    of, verdicts = visited(of, seen(of, history(failed(0), failed(1)), NOW, jobs=GONE))
    assert verdicts.end is not None
    assert verdicts.end.is_failure
    assert of.status is not None
    assert of.status.state == "Failed"
    assert of.status.message == (
        "100 % of the finished trials failed (2 of 2, `failedRatio` allows 50 %) after 2 of 100 trials"
    )


def test_a_reached_rule_stays_whatever_the_spec_says_later() -> None:
    of = stopping(GOAL)
    at = seen(of, of_values([0.1, 0.353]), NOW, jobs=(world.job(),), pods=(world.pod(),))
    of, before = visited(of, at)
    for rules in ([], [{"bestValue": {"greaterThan": 0.99}}], [failures(0.01)]):
        edited = replace(stopping(*rules), status=of.status, generation=2)
        _, verdicts = visited(edited, at)
        assert (verdicts.reached, verdicts.stop) == (before.reached, before.stop)
    lost = seen(of, None, NOW, jobs=(world.job(),))
    assert visited(of, lost)[1].stop == before.stop, "also while the database is unreachable"


def test_a_rule_that_is_added_looks_from_now_on() -> None:
    of = stopping()
    jobs, pods = (world.job(),), (world.pod(),)
    of, _ = visited(of, seen(of, of_values([0.1] * 9 + [0.3]), NOW, jobs=jobs, pods=pods))
    edited = replace(stopping(patience(3)), status=of.status)
    edited, verdicts = visited(edited, seen(edited, of_values([0.1] * 9 + [0.3, 0.2]), NOW, jobs=jobs, pods=pods))
    assert verdicts.reached is None, "the plateau before the rule existed is over"
    _, verdicts = visited(edited, seen(edited, of_values([0.1] * 9 + [0.3, 0.2, 0.2, 0.2]), NOW, jobs=jobs, pods=pods))
    assert verdicts.reached is not None
    assert verdicts.reached.trials == 13


def test_an_adopted_study_that_has_the_goal_ends_at_once() -> None:
    of = replace(stopping(GOAL, study=builders.study(adopt=True)), status=None)
    of, verdicts = visited(of, seen(of, of_values([0.1, 0.5, 0.2]), NOW))
    assert verdicts.end is not None
    assert verdicts.end.message == (
        "best score 0.5 (trial 1) > 0.35 after 3 of 100 trials; "
        "the study had reached this before, so no worker was started"
    )
    assert of.status is not None
    assert of.status.stop_when is not None


def test_an_earlier_plateau_of_an_adopted_study_stops_nothing() -> None:
    of = replace(stopping(patience(3), failures(0.5, minTrials=2), study=builders.study(adopt=True)), status=None)
    adopted = history(failed(0), failed(1), *(trial(n, 0.1) for n in range(2, 9)), trial(9, 0.3))
    of, verdicts = visited(of, seen(of, adopted, NOW))
    assert verdicts.reached is None
    assert of.status is not None
    started = replace(of, status=replace(of.status, start_time=NOW, trials=replace(of.status.trials, finished=0)))
    assert visited(started, seen(started, adopted, NOW))[1].reached is None, "nor when the study came later"


@pytest.mark.parametrize("mode", ["Drain", "Terminate"])
def test_a_user_can_end_its_running_trials_but_not_its_reason(mode: str) -> None:
    of = stopping(GOAL)
    so_far = of_values([0.1, 0.353])
    of, _ = visited(of, seen(of, so_far, NOW, jobs=(world.job(),), pods=(world.pod(),)))
    stopped = replace(stopping(GOAL, stop=mode), status=of.status)
    _, verdicts = visited(stopped, seen(stopped, so_far, NOW, jobs=GONE))
    assert verdicts.stop is not None
    assert (verdicts.stop.mode, verdicts.stop.reason) == (mode, GOAL_REACHED)
    assert verdicts.end is not None
    assert verdicts.end.reason == GOAL_REACHED


def test_after_a_stop_by_the_user_no_rule_is_looked_at() -> None:
    of = stopping(GOAL, stop="Drain")
    _, verdicts = visited(of, seen(of, of_values([0.5]), NOW, jobs=GONE))
    assert verdicts.reached is None
    assert verdicts.end is not None
    assert verdicts.end.reason == "StoppedByUser"


def test_a_reached_rule_is_the_reason_also_when_the_budget_or_the_time_is_spent() -> None:
    of = stopping(GOAL, max_trials=2, budget={"activeDeadlineSeconds": 1})
    _, verdicts = visited(of, seen(of, of_values([0.1, 0.5]), NOW, jobs=GONE))
    assert verdicts.end is not None
    assert verdicts.end.reason == GOAL_REACHED


def test_failures_beyond_the_limit_come_first_unless_the_rule_was_reached_before() -> None:
    of = stopping(GOAL, trials={"max": 10, "maxFailed": 1})
    trials = history(trial(0, 0.5), failed(1), failed(2))
    _, verdicts = visited(of, seen(of, trials, NOW, jobs=GONE))
    assert verdicts.end is not None
    assert verdicts.end.reason == TOO_MANY_FAILED_TRIALS
    of, _ = visited(of, seen(of, history(trial(0, 0.5)), NOW, jobs=(world.job(),), pods=(world.pod(),)))
    _, verdicts = visited(of, seen(of, trials, NOW, jobs=GONE))
    assert verdicts.end is not None
    assert verdicts.end.reason == GOAL_REACHED


def test_a_suspended_sweep_ends_when_its_rule_holds() -> None:
    of = stopping(GOAL, suspend=True)
    _, verdicts = visited(of, seen(of, of_values([0.5]), NOW, jobs=GONE))
    assert verdicts.end is not None
    assert verdicts.end.reason == GOAL_REACHED


def test_success_is_judged_as_at_any_other_end() -> None:
    tiers = {"minimum": [builders.trials_finished(50)], "full": [builders.best_value(greater_than=0.3)]}
    of = stopping(GOAL, success=tiers)
    of, verdicts = visited(of, seen(of, of_values([0.1, 0.5]), NOW, jobs=GONE))
    assert [(verdict.tier, verdict.outcome) for verdict in verdicts.tiers] == [("minimum", "False"), ("full", "True")]


def test_a_decision_before_the_goal_is_made_and_one_after_it_is_not() -> None:
    values = of_values([0.1, 0.31, 0.31, 0.5, 0.31, 0.31])
    points = [point("early", at={"trials": 3}), point("late", at={"trials": 5})]
    of = stopping(GOAL, points=points)
    of, verdicts = visited(of, seen(of, values, NOW, jobs=GONE))
    assert [(entry.name, entry.outcome) for entry in verdicts.decisions] == [("early", "Continue")]
    assert verdicts.end is not None
    assert verdicts.end.reason == GOAL_REACHED
    (replayed,) = replayed_course(of.spec, evidence(of, values), NOW).decisions
    assert (replayed.message, replayed.evidence) == (verdicts.decisions[0].message, verdicts.decisions[0].evidence)


def test_a_decision_that_stopped_before_the_goal_is_the_reason() -> None:
    of = stopping(GOAL, points=[point("early", at={"trials": 2})])
    _, verdicts = visited(of, seen(of, of_values([0.1, 0.1, 0.5]), NOW, jobs=GONE))
    assert verdicts.reached is None
    assert verdicts.end is not None
    assert verdicts.end.reason == "StoppedByDecision"


def test_a_goal_overtakes_a_question_that_waits() -> None:
    of = stopping(GOAL, points=[point("half", at={"trials": 2}, ask={"deadlineSeconds": 60, "default": "Stop"})])
    asked = seen(of, of_values([0.28, 0.28]), NOW, jobs=(world.job(),), pods=(world.pod(),))
    of, verdicts = visited(of, asked)
    assert verdicts.decisions[0].is_pending
    of, verdicts = visited(of, seen(of, of_values([0.28, 0.28, 0.5]), NOW, jobs=GONE))
    assert verdicts.end is not None
    assert verdicts.end.reason == GOAL_REACHED
    assert of.status is not None
    condition = of.status.condition("OnTrack")
    assert condition is not None
    assert "the sweep ended before it was answered" in condition.message.lower()


@given(seed=st.integers(0, 10_000), workers=st.integers(1, 5))
def test_a_replay_agrees_with_the_sweep_and_a_stop_is_never_undone(seed: int, workers: int) -> None:
    """In whatever order trials end and however seldom a pass looks, with a restart of the operator at every pass."""
    rng = random.Random(seed)
    rules = rng.sample([GOAL, patience(rng.randint(2, 6)), failures(0.4, minTrials=3)], rng.randint(1, 3))
    of, trials = stopping(*rules, max_trials=14), _trials(rng, 14)
    ended: list[Trial] = []
    running, following, is_told = list(range(min(workers, 14))), workers, False
    first_rule: ReachedRule | None = None
    for step in range(60):
        if rng.random() < 0.6 or not running:
            so_far = [*ended, *(trial(number, state="RUNNING") for number in running)]
            rng.shuffle(so_far)
            gone = {"jobs": (world.job(),), "pods": (world.pod(),)} if running else {"jobs": GONE}
            of, verdicts = visited(of, seen(of, history(*so_far), after(60 * step + 60), **gone))
            is_told = is_told or verdicts.stop is not None
            assert first_rule is None or verdicts.reached == first_rule, "it is never undone"
            first_rule = first_rule or verdicts.reached
        if not running:
            break
        done = rng.choice(running)
        running.remove(done)
        ended.append(replace(trials[done], completed=after(60 * step + 30)))
        if following < 14 and not is_told:
            running.append(following)
            following += 1
    assert len(ended) <= 14
    replayed = replayed_course(of.spec, _whole(of, ended), NOW).reached
    assert replayed == first_rule
    assert of.status is not None
    if first_rule is not None:
        complete = of.status.condition("Failed" if first_rule.is_failure else "Complete")
        assert complete is not None
        assert (complete.is_true, complete.reason) == (True, first_rule.reason)


def _whole(of: Sweep, ended: list[Trial]) -> Evidence:
    return evidence(of, history(*ended))


def _trials(rng: random.Random, number: int) -> list[Trial]:
    kinds = [rng.random() for _ in range(number)]
    return [
        failed(place) if kind < 0.3 else trial(place, state="PRUNED") if kind < 0.4 else trial(place, kind * 0.4)
        for place, kind in enumerate(kinds)
    ]


def test_times_are_those_of_the_trials() -> None:
    assert reached(stopping(GOAL), of_values([0.5])).time > START
