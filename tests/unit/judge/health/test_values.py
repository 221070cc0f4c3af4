"""The best that does not move: against the baseline, and against itself."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.model.baseline import Baseline
from hposweep.model.findings import Severity
from hposweep.model.history import History, Trial
from tests import builders
from tests.unit import world
from tests.unit.judge.health.builders import complete, found


def sweep(most: int = 500, direction: str = "Maximize", **health: Any) -> Sweep:
    return world.sweep(trials={"max": most}, study=builders.study(direction=direction), health=health)


def values(*given: float) -> list[Trial]:
    return [complete(n, value) for n, value in enumerate(given)]


FLAT = [0.1 + 0.001 * (n % 10) for n in range(40)]


@pytest.mark.parametrize(
    ("direction", "baseline", "count", "fires"),
    [
        ("Maximize", 0.109, 30, True),
        ("Maximize", 0.108, 30, False),
        ("Maximize", 0.2, 29, False),
        ("Minimize", 0.1, 30, True),
        ("Minimize", 0.101, 30, False),
    ],
)
def test_stuck_at_the_baseline(direction: str, baseline: float, count: int, *, fires: bool) -> None:
    listed = found(sweep(direction=direction), values(*FLAT[:count]), baseline=Baseline(best=baseline))
    assert ("StuckAtBaseline" in listed) is fires


def test_without_a_baseline_nobody_is_stuck() -> None:
    for baseline in (None, Baseline(fault="gone", is_temporary=True)):
        assert "StuckAtBaseline" not in found(sweep(), values(*FLAT), baseline=baseline)


def test_the_number_of_trials_is_the_specs() -> None:
    assert "StuckAtBaseline" in found(sweep(stuckAfterTrials=5), values(*FLAT[:5]), baseline=Baseline(best=1.0))


def test_the_baselines_best_outside_of_the_space_comes_first() -> None:
    earlier = History(tuple(complete(n, 0.2 + n / 100, params={"x": 20.0 + n}) for n in range(5)))
    baseline = Baseline(best=0.24, study="v2", history=earlier)
    message = found(sweep(), values(*FLAT), baseline=baseline)["StuckAtBaseline"].message
    assert message.startswith(
        "the best score, 0.109 (trial 9), is no better than the baseline 0.24 of study `v2` (and worse than its median "
        "0.22) after 40 complete trials. Likely: the baseline's best (trial 4) is outside `spec.searchSpace`: "
        "`x` 24.0; "
    )
    inside = Baseline(best=0.1, history=History((complete(0, 0.1, params={"x": 1.0}),)))
    assert (
        "outside" not in found(sweep(direction="Minimize"), values(*FLAT), baseline=inside)["StuckAtBaseline"].message
    )


@pytest.mark.parametrize(
    ("given", "fires"),
    [
        ([*FLAT[:9], 0.5, *FLAT[:30]], True),
        ([*FLAT[:9], 0.5, *FLAT[:29]], False),
        ([*FLAT[:9], 0.5, *FLAT[:29], 0.500001], True),
        ([*FLAT[:9], 0.5, *FLAT[:29], 0.51], False),
        ([0.3] * 60, True),
        ([n / 100 for n in range(60)], False),
        ([*[0.1] * 60, 0.5, *FLAT], True),
        ([*[0.1] * 69, 0.5, *FLAT[:31]], False),
    ],
    ids=["old best", "30 after it", "a gain of nothing", "a gain", "all alike", "rising", "a third", "under a third"],
)
def test_no_improvement(given: list[float], *, fires: bool) -> None:
    listed = found(sweep(), values(*given))
    assert ("NoImprovement" in listed) is fires
    mirrored = found(sweep(direction="Minimize"), values(*(-value for value in given)))
    assert ("NoImprovement" in mirrored) is fires


def test_late_in_the_budget_it_is_information() -> None:
    trials = values(*FLAT[:9], 0.5, *FLAT[:30])
    assert found(sweep(51), trials)["NoImprovement"].severity is Severity.WARNING
    assert found(sweep(50), trials)["NoImprovement"].severity is Severity.INFO
    finding = found(sweep(500), trials)["NoImprovement"]
    assert "random search would show the same plateau in 25 % of sweeps" in finding.message
    assert "460 trials left" in finding.action


def test_a_plateau_names_the_rule_that_ends_a_sweep_unless_the_spec_has_it() -> None:
    trials = values(*FLAT[:9], 0.5, *FLAT[:30])
    hint = "`spec.stopWhen: [{noImprovement: {trials: 30}}]` ends"
    patient = {"stopWhen": [{"bestValue": {"greaterThan": 0.9}}, {"noImprovement": {"trials": 200}}]}
    other = {"stopWhen": [{"failedRatio": {"greaterThan": 0.5}}]}
    for max_trials in (500, 40):
        actions = [
            found(world.sweep(trials={"max": max_trials}, **rules), trials)["NoImprovement"].action
            for rules in ({}, other, patient)
        ]
        assert [hint in action for action in actions] == [True, True, False]


def test_several_objectives_have_no_one_best() -> None:
    goals = [{"name": "a", "direction": "Maximize"}, {"name": "b", "direction": "Minimize"}]
    many = world.sweep(trials={"max": 500}, study={"objectives": goals})
    assert "NoImprovement" not in found(many, values(*[0.3] * 60))
