"""Each kind of stop rule: when it holds, and what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.api.conditions import GOAL_REACHED, NO_IMPROVEMENT, TOO_MANY_FAILED_TRIALS
from hposweep.model.baseline import Baseline
from hpotrial import protocol
from tests import builders
from tests.unit.judge.deciding import NOW
from tests.unit.judge.histories import after, failed, history, of_values, trial
from tests.unit.judge.stop_when.stopping import (
    GOAL,
    TWO,
    failures,
    first,
    of_values_of,
    patience,
    reached,
    stopping,
)


def test_a_goal_is_reached_by_the_first_trial_beyond_it() -> None:
    rule = reached(stopping(GOAL), of_values([0.1, 0.35, 0.353, 0.2, 0.9]))
    assert (rule.rule, rule.reason, rule.trials, rule.trial) == ("stopWhen[0].bestValue", GOAL_REACHED, 3, 2)
    assert (rule.message, rule.time) == ("best score 0.353 (trial 2) > 0.35", after(180))
    assert first(stopping(GOAL), of_values([0.1, 0.35, 0.349])) is None, "equal is not beyond"


def test_a_goal_below_counts_for_an_objective_to_minimize() -> None:
    of = stopping({"bestValue": {"lessThan": 0.2}}, study=builders.study(direction="Minimize", objective="loss"))
    assert reached(of, of_values([0.3, 0.2, 0.1])).message == "best loss 0.1 (trial 2) < 0.2"


def test_a_goal_relative_to_the_baseline_names_it() -> None:
    of = stopping({"bestValue": {"improvesBaselineBy": "5%"}}, baseline={"value": 0.286})
    rule = reached(of, of_values([0.3, 0.301]), baseline=Baseline(best=0.286))
    assert rule.message == "best score 0.301 (trial 1) > 0.3003 (baseline 0.286 improved by 5%)"
    gone = Baseline(study="earlier", fault="connection refused", is_temporary=True)
    assert first(of, of_values([0.3, 0.301]), baseline=gone) is None


def test_a_goal_of_another_objective_is_that_objective_s() -> None:
    of = stopping({"bestValue": {"objective": "loss", "lessThan": 0.2}}, study=TWO)
    assert reached(of, of_values_of([(0.9, 0.3), (0.1, 0.1)])).message == "best loss 0.1 (trial 1) < 0.2"


def test_a_goal_in_a_part_of_the_space_is_reached_by_a_trial_there() -> None:
    of = stopping({"bestValue": {"greaterThan": 0.35, "where": {"kind": "a"}}})
    trials = [trial(0, 0.9, params={"kind": "b"}), trial(1, 0.2, params={"kind": "a"}), failed(2)]
    assert first(of, history(*trials)) is None
    rule = reached(of, history(*trials, trial(3, 0.4, params={"kind": "a"}), trial(4, 0.95, params={"kind": "b"})))
    assert (rule.trials, rule.trial) == (4, 3)
    assert rule.message == "best score where kind is a, 0.4 (trial 3) > 0.35"
    infeasible = trial(3, 0.4, params={"kind": "a"}, is_feasible=False)
    assert first(of, history(*trials, infeasible)) is None


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_value_that_is_no_number_reaches_no_goal(value: float) -> None:
    assert first(stopping(GOAL), of_values([0.1, value])) is None
    assert first(stopping(GOAL), history(trial(0, 0.9, is_feasible=False))) is None, "nor one with a broken constraint"


def test_patience_counts_from_the_last_better_value() -> None:
    of = stopping(patience(3))
    assert first(of, of_values([0.1, 0.3, 0.2, 0.3])) is None
    rule = reached(of, of_values([0.1, 0.3, 0.2, 0.3, 0.1, 0.9]))
    assert (rule.reason, rule.trials, rule.trial) == (NO_IMPROVEMENT, 5, 1)
    assert rule.message == "no better score than 0.3 (trial 1) in the last 3 complete or pruned trials"


def test_patience_waits_for_its_minimum() -> None:
    assert reached(stopping(patience(3, minTrials=8)), of_values([0.3] + [0.1] * 9)).trials == 8


def test_patience_counts_pruned_trials_but_neither_failed_ones_nor_pairs() -> None:
    of = stopping(patience(2))
    mark: dict[str, Any] = {protocol.CONTRAST: {}}
    assert reached(of, history(trial(0, 0.3), trial(1, state="PRUNED"), trial(2, state="PRUNED"))).trials == 3
    assert first(of, history(trial(0, 0.3), failed(1), failed(2))) is None
    assert first(of, history(trial(0, 0.3), *(trial(n, 0.1, attributes=mark) for n in (1, 2)))) is None
    assert first(of, history(trial(0, state="PRUNED"), trial(1, state="PRUNED"))) is None, "there is no best"


def test_with_several_objectives_patience_looks_at_the_front() -> None:
    of = stopping(patience(2), study=TWO)
    on_front = [(0.1, 0.1), (0.2, 0.2), (0.3, 0.3), (0.4, 0.4)]
    assert first(of, of_values_of(on_front)) is None, "each of them extends it"
    rule = reached(of, of_values_of([*on_front, (0.4, 0.4), (0.1, 0.2)]))
    assert (rule.trials, rule.trial) == (6, 3)
    assert rule.message == "no change of the Pareto front since trial 3 in the last 2 complete or pruned trials"


def test_too_many_failures_end_it_as_failed() -> None:
    of = stopping(failures(0.3, minTrials=4))
    assert first(of, history(*map(failed, range(3)))) is None, "three say too little"
    assert first(stopping(failures(0.5, minTrials=4)), history(*map(failed, (0, 1)), trial(2, 1), trial(3, 1))) is None
    rule = reached(of, history(*map(failed, (0, 1)), trial(2, 0.1), trial(3, 0.1)))
    assert (rule.reason, rule.is_failure, rule.trials) == (TOO_MANY_FAILED_TRIALS, True, 4)
    assert rule.message == "50 % of the finished trials failed (2 of 4, `failedRatio` allows 30 %)"
    lost = history(*(failed(n, "Preempted", charged=False) for n in range(9)), *(trial(n, 0.1) for n in range(9, 14)))
    assert first(of, lost) is None, "trials that are not charged count nowhere"


def test_the_order_is_that_of_the_ends() -> None:
    slow = [trial(0, 0.9, completed=after(900)), trial(1, 0.1), trial(2, 0.4)]
    rule = reached(stopping(GOAL), history(*slow))
    assert (rule.trial, rule.trials) == (2, 2)
    undated = [replace(entry, completed=None) for entry in slow]
    rule = reached(stopping(GOAL), history(*undated))
    assert (rule.trial, rule.trials, rule.time) == (0, 1, NOW)


def test_any_of_the_rules_is_enough() -> None:
    rule = reached(stopping(patience(50), GOAL), of_values([0.1, 0.36]))
    assert rule.rule == "stopWhen[1].bestValue"
