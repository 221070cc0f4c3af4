"""`clearTrend`: with larger or smaller values, or with a choice, among trials of one age."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hposweep.api.criteria import ClearTrend
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.judge.criteria.clear_trend import DECISIONS, Reason, decide, word
from hposweep.judge.criteria.trend_facts import Trend, TrendFacts
from hposweep.model.history import Trial
from hposweep.model.verdicts import Outcome
from tests.unit.judge.criteria.builders import F, T, U, judged, searched, trial


def rises_with_x(params: dict[str, Any], draw: random.Random) -> float:
    return float(params["x"]) + draw.gauss(0, 0.2)


def nothing_matters(params: dict[str, Any], draw: random.Random) -> float:
    return draw.gauss(0, 1)


def cnn_is_better(params: dict[str, Any], draw: random.Random) -> float:
    return (1.0 if params["arm"] == "cnn" else 0.0) + draw.gauss(0, 0.5)


RISES, NULL, LARGE_NULL = searched(100, rises_with_x), searched(100, nothing_matters), searched(1000, nothing_matters)
# Values and parameter both drift with age, as under an adaptive sampler; at equal age there is nothing.
DRIFT = [
    trial(number, number / 50 + random.Random(number).random(), x=number / 50 + random.Random(-number - 1).random())
    for number in range(100)
]


@pytest.mark.parametrize(
    ("criterion", "trials", "ended", "outcome"),
    [
        (ClearTrend(("x",)), RISES, True, T),
        (ClearTrend(("x",)), RISES, False, T),
        (ClearTrend(("x",), min_abs_correlation=0.5), RISES, True, T),
        (ClearTrend(("x",), min_abs_correlation=0.99), RISES, True, F),
        (ClearTrend(("x",), min_abs_correlation=0.99), RISES, False, U),
        (ClearTrend(("x", "lr")), RISES, True, U),
        (ClearTrend(("x",)), NULL, True, U),
        (ClearTrend(("x", "lr", "depth")), LARGE_NULL, True, F),
        (ClearTrend(("x", "lr", "depth")), LARGE_NULL, False, U),
        (ClearTrend(("x",)), DRIFT, True, U),
        (ClearTrend(("x",)), RISES[:24], True, U),
        (ClearTrend(("ghost",)), RISES, True, U),
        (ClearTrend(("arm",)), searched(100, cnn_is_better), True, T),
        (ClearTrend(("arm",)), LARGE_NULL, True, U),
        (ClearTrend(("x",)), [trial(number, number, x=1) for number in range(100)], True, U),
        (ClearTrend(("x",)), None, True, U),
    ],
)
def test_every_outcome(criterion: ClearTrend, trials: list[Trial] | None, ended: bool, outcome: Outcome) -> None:
    assert judged(criterion, trials, ended=ended).outcome == outcome


def test_a_drift_that_fools_the_plain_correlation_does_not_fool_the_verdict() -> None:
    found = judged(ClearTrend(("x",)), DRIFT)
    assert found.evidence["x"]["spearman"] > 0.5
    assert found.evidence["x"]["p"] > 0.05


def test_the_sentence_says_which_way_is_better_and_how_many_parameters_were_compared() -> None:
    found = judged(ClearTrend(("x", "lr")), RISES)
    assert "x better with larger values (Spearman +0.8" in found.message
    assert "lr to no clear side" in found.message
    assert "corrected for 2 parameters; not clear: lr" in found.message
    minimized = judged(ClearTrend(("x",)), RISES, goals=(StudyObjectiveSpec("loss", "Minimize"),))
    assert "x better with smaller values (Spearman +0.8" in minimized.message
    assert "arm better with cnn (2 choices" in judged(ClearTrend(("arm",)), searched(100, cnn_is_better)).message


def test_less_than_a_hundred_trials_never_show_that_there_is_no_trend() -> None:
    strong = ClearTrend(("x",), min_abs_correlation=0.9)
    assert judged(strong, NULL).outcome == F
    assert judged(strong, NULL[:99]).outcome == U


def test_an_objective_can_be_named() -> None:
    goals = (StudyObjectiveSpec("acc", "Maximize"), StudyObjectiveSpec("ms", "Minimize"))
    trials = [trial(one.number, (0.0, one.values[0]), **one.params) for one in RISES]
    found = judged(ClearTrend(("x",), objective="ms"), trials, goals=goals)
    assert found.outcome == T
    assert "trend of ms" in found.message
    assert "better with smaller values" in found.message
    assert judged(ClearTrend(("x",), objective="acc"), trials, goals=goals).outcome == U


def test_looking_at_more_parameters_asks_for_more() -> None:
    alone = judged(ClearTrend(("x",)), RISES).evidence["x"]
    together = judged(ClearTrend(("x", "lr", "depth")), RISES).evidence["x"]
    assert together["pCorrected"] == pytest.approx(3 * alone["pCorrected"], rel=1e-4)


def facts(p: float | None, correlation: float, *, demanded: float | None = None, n: int = 200) -> TrendFacts:
    trend = Trend("better with larger values", f"Spearman {correlation:+.2f}", n, p, correlation)
    return TrendFacts({"x": trend}, demanded)


@pytest.mark.parametrize(
    ("measured", "after", "before", "words"),
    [
        (facts(0.001, 0.5), (T, Reason.CLEAR), (T, Reason.CLEAR), "x better with larger values"),
        (facts(0.9, 0.0), (F, Reason.RULED_OUT), (U, Reason.UNCLEAR), "no correlation as strong as 0.2 fits"),
        (facts(0.9, 0.0, n=99), (U, Reason.UNCLEAR), (U, Reason.UNCLEAR), "not clear: x"),
        (facts(0.001, 0.3, demanded=0.8), (F, Reason.RULED_OUT), (U, Reason.TOO_WEAK), "as strong as 0.8 fits"),
        (facts(0.001, 0.45, demanded=0.5), (U, Reason.TOO_WEAK), (U, Reason.TOO_WEAK), "clear, but too weak: x"),
    ],
)
def test_the_decision_table(
    measured: TrendFacts, after: tuple[Outcome, Reason], before: tuple[Outcome, Reason], words: str
) -> None:
    assert decide(measured, has_ended=True) == after
    assert decide(measured, has_ended=False) == before
    assert words in word(measured, after[1])


def test_every_reason_is_in_the_decision_table() -> None:
    assert [reason for _, _, reason in DECISIONS] == list(Reason)
