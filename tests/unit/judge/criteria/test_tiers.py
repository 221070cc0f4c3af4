"""Tiers, and the criteria on the best value and the number of trials: every outcome, and what may never happen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.sweep import Sweep
from hposweep.judge.criteria.tiers import tiers
from hposweep.judge.evidence import Evidence
from hposweep.model.baseline import Baseline
from hposweep.model.history import History
from hposweep.model.trials import Best, BestObjectiveValue, Study
from hposweep.model.verdicts import Outcome, TierVerdict
from tests.builders import best_value, trials_finished
from tests.builders import study as study_block
from tests.unit import world

T, F, U = Outcome.TRUE, Outcome.FALSE, Outcome.UNKNOWN


def evidence(sweep: Sweep, study: Study | None, *, ended: bool, baseline: Baseline | None = None) -> Evidence:
    history = None if study is None else History(())
    return Evidence(sweep.spec.study.objectives, sweep.spec.search_space, study, history, baseline, 1, ended)


def judged(
    *criteria: dict[str, object],
    best: float | None = None,
    finished: int = 0,
    ended: bool = False,
    direction: str = "Maximize",
) -> TierVerdict:
    sweep = world.sweep(success={"minimum": list(criteria)}, study=study_block(direction=direction))
    study = world.study(sweep, best=best, complete=finished)
    return tiers(sweep.spec.success, evidence(sweep, study, ended=ended))[0]


@pytest.mark.parametrize(
    ("criterion", "best", "ended", "outcome", "margin"),
    [
        (best_value(greater_than=0.9), 0.95, False, T, 0.05),
        (best_value(greater_than=0.9), 0.95, True, T, 0.05),
        (best_value(greater_than=0.9), 0.85, False, U, -0.05),
        (best_value(greater_than=0.9), 0.85, True, F, -0.05),
        (best_value(greater_than=0.9), 0.9, True, F, 0.0),
        (best_value(greater_than=0.9), 0.9 + 1e-15, True, F, 0.0),
        (best_value(less_than=0.1), 0.05, False, T, 0.05),
        (best_value(less_than=0.1), 0.2, True, F, -0.1),
        (best_value(greater_than=0.0), 1e-9, True, T, 1e-9),
        (best_value(greater_than=-1.0), -0.5, False, T, 0.5),
    ],
)
def test_best_value(criterion: dict[str, object], best: float, ended: bool, outcome: Outcome, margin: float) -> None:
    verdict = judged(criterion, best=best, finished=1, ended=ended).criteria[0]
    assert verdict.outcome == outcome
    assert verdict.value == best
    assert verdict.margin == pytest.approx(margin, abs=1e-12)
    assert f"{verdict.threshold:g}" in verdict.message
    assert "trial 3" in verdict.message


@pytest.mark.parametrize(("finished", "ended", "outcome"), [(10, False, T), (9, False, U), (9, True, F), (11, True, T)])
def test_trials_finished(finished: int, ended: bool, outcome: Outcome) -> None:
    verdict = judged(trials_finished(10), finished=finished, ended=ended).criteria[0]
    assert (verdict.outcome, verdict.value, verdict.threshold, verdict.margin) == (outcome, finished, 10, finished - 10)


def test_each_objective_is_judged_by_its_own_best_value() -> None:
    goals = [{"name": "acc", "direction": "Maximize"}, {"name": "ms", "direction": "Minimize"}]
    wishes = [
        best_value(greater_than=0.5),
        best_value(objective="ms", less_than=20),
        best_value(objective="acc", less_than=0),
    ]
    sweep = world.sweep(success={"minimum": wishes}, study={"objectives": goals})
    study = replace(
        world.study(sweep, complete=9), best=Best(None, (BestObjectiveValue(1, 0.9), BestObjectiveValue(4, 12.0)))
    )
    first, second, third = tiers(sweep.spec.success, evidence(sweep, study, ended=True))[0].criteria
    assert (first.outcome, first.message) == (T, "acc > 0.5: best 0.9 (trial 1), margin +0.4")
    assert (second.outcome, second.message) == (T, "ms < 20: best 12 (trial 4), margin +8")
    assert (third.outcome, third.value) == (F, 0.9)


def test_no_complete_trial_is_unknown_before_the_end_and_false_after_it() -> None:
    assert judged(best_value(greater_than=0)).outcome == U
    assert judged(best_value(greater_than=0), ended=True).outcome == F


def test_a_tier_needs_all_of_its_criteria() -> None:
    both = (best_value(greater_than=0.5), trials_finished(10))
    assert judged(*both, best=0.6, finished=10).outcome == T
    assert judged(*both, best=0.6, finished=9).outcome == U
    assert judged(*both, best=0.6, finished=9, ended=True).outcome == F


def test_a_study_that_cannot_be_read_is_unknown_even_after_the_end() -> None:
    sweep = world.sweep(success={"minimum": [best_value(greater_than=0), trials_finished(1)]})
    verdict = tiers(sweep.spec.success, evidence(sweep, None, ended=True))[0]
    assert verdict.cannot_tell
    assert {entry.outcome for entry in verdict.criteria} == {U}


def test_a_baseline_that_is_away_for_now_leaves_the_tier_unknown_and_says_that_nobody_can_tell() -> None:
    wish: dict[str, object] = {"bestValue": {"improvesBaselineBy": "5%"}}
    sweep = world.sweep(success={"minimum": [wish], "full": [wish, trials_finished(99)]})
    study = world.study(sweep, best=0.9, complete=9)
    away = Baseline(fault="the database does not answer", is_temporary=True)
    minimum, full = tiers(sweep.spec.success, evidence(sweep, study, ended=True, baseline=away))
    assert (minimum.outcome, minimum.cannot_tell) == (U, True)
    assert "the database does not answer" in minimum.criteria[0].message
    # What is False stays False whatever the rest would come to.
    assert (full.outcome, full.cannot_tell) == (F, False)


def test_a_baseline_that_is_not_there_is_unknown_but_no_failed_source() -> None:
    sweep = world.sweep(success={"minimum": [{"bestValue": {"improvesBaselineBy": "5%"}}]})
    study = world.study(sweep, best=0.9, complete=9)
    for baseline in (None, Baseline(fault="study `old` does not exist")):
        tier = tiers(sweep.spec.success, evidence(sweep, study, ended=True, baseline=baseline))[0]
        assert (tier.outcome, tier.cannot_tell) == (U, False)


def test_trials_that_cannot_be_read_hinder_only_the_criteria_that_look_at_them() -> None:
    wishes: list[dict[str, object]] = [trials_finished(1), {"clearTrend": {"parameters": ["x"]}}]
    sweep = world.sweep(success={"minimum": wishes[:1], "full": wishes})
    seen = replace(evidence(sweep, world.study(sweep, complete=3), ended=True), history=None)
    minimum, full = tiers(sweep.spec.success, seen)
    assert (minimum.outcome, minimum.cannot_tell) == (T, False)
    assert (full.outcome, full.cannot_tell) == (U, True)


def test_known_tiers_come_in_their_order_and_others_after_them() -> None:
    names = ["exceptional", "aBonus", "minimum", "full"]
    sweep = world.sweep(success={name: [trials_finished(1)] for name in names})
    verdicts = tiers(sweep.spec.success, evidence(sweep, world.study(sweep), ended=False))
    assert [verdict.tier for verdict in verdicts] == ["minimum", "full", "exceptional", "aBonus"]


@given(
    threshold=st.floats(-1e6, 1e6),
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
)
def test_more_trials_never_take_a_success_back(threshold: float, values: list[float]) -> None:
    has_succeeded = False
    for count in range(1, len(values) + 1):
        outcome = judged(best_value(greater_than=threshold), best=max(values[:count]), finished=count).outcome
        assert not has_succeeded or outcome == T
        has_succeeded = has_succeeded or outcome == T


@given(threshold=st.floats(-1e6, 1e6), best=st.floats(-1e6, 1e6), ended=st.booleans())
def test_minimize_is_maximize_mirrored(threshold: float, best: float, ended: bool) -> None:
    upward = judged(best_value(greater_than=threshold), best=best, ended=ended)
    downward = judged(best_value(less_than=-threshold), best=-best, ended=ended, direction="Minimize")
    assert upward.outcome == downward.outcome
