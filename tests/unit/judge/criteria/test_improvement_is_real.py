"""`improvementIsReal` and `anyOf`."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from hposweep.api.criteria import (
    BestValue,
    ClearTrend,
    Criterion,
    FailedRatio,
    ImprovementIsReal,
    SingleCriterion,
    TrialsFinished,
)
from hposweep.judge.champions.comparison import rank
from hposweep.judge.criteria.any_of import any_of
from hposweep.judge.criteria.criterion import verdict
from hposweep.model.baseline import Baseline
from hposweep.model.champions import Champion, ChampionResult
from hposweep.model.history import History
from hposweep.model.verdicts import CriterionVerdict, Outcome
from tests.unit.judge.criteria.builders import F, T, U, evidence, judged, trial

OLD = Baseline(best=0.3, trials=20, study="old", history=History(tuple(trial(n, n / 100) for n in range(20))))


def test_an_improvement_is_unknown_until_champions_tell_however_large_it_is() -> None:
    found = judged(ImprovementIsReal(), [trial(number, 1 + number) for number in range(100)], baseline=OLD)
    assert found.outcome == U
    assert not found.cannot_tell
    assert "needs champions" in found.message
    assert "chance alone gives a better value in 86 to 91 of 100 sweeps" in found.message
    assert found.evidence["comparedTrials"] == 10
    assert found.evidence["superiority"] == 1.0


@pytest.mark.parametrize(
    ("values", "outcome"),
    [((0.40, 0.41, 0.42), T), ((0.10, 0.11, 0.12), F), ((0.25, 0.32, 0.36), U), ((), U)],
)
def test_champions_decide_it(values: tuple[float, ...], outcome: Outcome) -> None:
    champion = ChampionResult(Champion(1, 4, 0.9), len(values), dict(enumerate(values)))
    result = rank([champion], 0.3, is_maximized=True)
    found = verdict(
        Criterion(improvement_is_real=ImprovementIsReal()),
        replace(evidence([trial(0, 0.9)], baseline=OLD), champions=result),
    )
    assert found.outcome == outcome
    assert ("corrected p" in found.message) == bool(values)


def test_a_higher_confidence_needs_more() -> None:
    champion = ChampionResult(Champion(1, 4, 0.9), 3, {0: 0.40, 1: 0.41, 2: 0.42})
    known = replace(evidence([trial(0, 0.9)], baseline=OLD), champions=rank([champion], 0.3, is_maximized=True))
    outcomes = [
        verdict(Criterion(improvement_is_real=ImprovementIsReal(confidence)), known).outcome
        for confidence in (0.95, 0.9999)
    ]
    assert outcomes == [T, U]


def test_without_a_baseline_or_without_a_study_it_says_which_is_missing() -> None:
    assert "no `spec.baseline`" in judged(ImprovementIsReal(), [trial(0, 1)]).message
    away = Baseline(fault="the database does not answer", is_temporary=True)
    found = judged(ImprovementIsReal(), [trial(0, 1)], baseline=away)
    assert (found.message.endswith("the database does not answer"), found.cannot_tell) == (True, True)
    assert judged(ImprovementIsReal(), None, baseline=OLD).cannot_tell


@pytest.mark.parametrize("outcomes", list(itertools.product([T, F, U], repeat=2)))
def test_one_of_several_is_enough(outcomes: tuple[Outcome, Outcome]) -> None:
    found = any_of(tuple(CriterionVerdict("bestValue", outcome, "") for outcome in outcomes))
    expected = T if T in outcomes else U if U in outcomes else F
    assert found.outcome == expected


def test_any_of_shows_its_parts() -> None:
    parts = (
        SingleCriterion(best_value=BestValue(greater_than=5)),
        SingleCriterion(trials_finished=TrialsFinished(3)),
        SingleCriterion(failed_ratio=FailedRatio(0.1)),
    )
    found = verdict(Criterion(any_of=parts), evidence([trial(0, 1.0)], ended=False, complete=4))
    assert (found.criterion, found.outcome) == ("anyOf", T)
    assert found.message.startswith("one of: score > 5: best 1 (trial 0), margin -4 (Unknown); or ")
    assert found.evidence["1.trialsFinished"]["value"] == 4


def test_any_of_cannot_tell_when_a_part_that_matters_cannot() -> None:
    parts = (Criterion(clear_trend=ClearTrend(("x",))), Criterion(trials_finished=TrialsFinished(3)))
    assert verdict(Criterion(any_of=parts), evidence(None)).cannot_tell


def test_a_sentence_that_no_status_could_hold_is_cut() -> None:
    parts = tuple(Criterion(clear_trend=ClearTrend(("x" * 60, "y" * 60))) for _ in range(16))
    found = verdict(Criterion(any_of=parts), evidence([]))
    assert len(found.message) == 2048
    assert found.message.endswith(" ...")
