"""The summary counts what can be compared, ranks it, and says what is left out."""

from __future__ import annotations

import math

import optuna
import pytest
from optuna.distributions import FloatDistribution

from hposweep.analysis.summary import summarize
from hposweep.analysis.view import view_of
from hposweep.model.history import FAIL, PRUNED, RUNNING, Trial
from tests.unit.analysis.studies import UNIT, random_study, random_trials, stored
from tests.unit.judge.histories import trial


def test_the_best_trials_are_ranked_in_the_direction_of_the_objective() -> None:
    trials = [trial(number, value) for number, value in enumerate((3.0, 1.0, 2.0, 1.0))]
    maximized = summarize(view_of(stored(trials)), top=2)
    minimized = summarize(view_of(stored(trials, ["MINIMIZE"])), top=3)
    assert [item.number for item in maximized.top] == [0, 2]
    assert [item.number for item in minimized.top] == [1, 3, 2]  # of equal values the earlier trial


def test_trials_that_cannot_be_compared_are_counted_and_left_out() -> None:
    trials = [
        trial(0, 1.0),
        trial(1, math.inf),
        trial(2, math.nan),
        trial(3, 9.0, is_feasible=False),
        trial(4, 9.0, PRUNED),
        trial(5, state=FAIL),
        trial(6, state=RUNNING),
    ]
    summary = summarize(view_of(stored(trials)))
    assert (summary.comparable, summary.not_finite, summary.infeasible) == (1, 2, 1)
    assert [item.number for item in summary.top] == [0]
    assert any("infinite or NaN" in note for note in summary.notes)
    assert any("constraint" in note for note in summary.notes)


@pytest.mark.parametrize(
    ("trials", "sentence"),
    [
        ([], "no trial"),
        ([trial(0, state=FAIL), trial(1, state=FAIL)], "2 failed"),
        ([trial(0, 1.0, PRUNED), trial(1, 2.0, PRUNED)], "2 pruned"),
        ([trial(0, state=RUNNING)], "1 running"),
    ],
)
def test_a_study_without_a_comparable_trial_says_so(trials: list[Trial], sentence: str) -> None:
    summary = summarize(view_of(stored(trials)))
    assert summary.top == ()
    assert any(sentence in note for note in summary.notes)


def test_several_objectives_rank_the_pareto_front_of_optuna_first() -> None:
    study = random_study(60, lambda p: (p["x"], p["depth"] + p["x"] ** 2), directions=("MINIMIZE", "MAXIMIZE"))
    optuna_study = optuna.create_study(directions=["minimize", "maximize"])
    for item in study.history.trials:
        optuna_study.add_trial(optuna.trial.create_trial(values=item.values, state=optuna.trial.TrialState.COMPLETE))
    front = {item.number for item in optuna_study.best_trials}
    top = summarize(view_of(study), top=len(front)).top
    assert {item.number for item in top} == front
    assert {item.front for item in top} == {0}


def test_a_range_that_changed_is_named() -> None:
    wide = random_trials(3, lambda p: p["x"], {"x": FloatDistribution(0, 10)})
    narrow = [trial(5, 1.0, params={"x": 0.5}, distributions={"x": UNIT})]
    view = view_of(stored([*wide, *narrow]))
    (parameter,) = view.space
    assert parameter.float_ is not None
    assert (parameter.float_.low, parameter.float_.high) == (0, 10)
    assert any("`x` changed" in note for note in summarize(view).notes)


def test_a_study_of_which_only_a_part_was_read_says_so() -> None:
    study = stored([trial(0, 1.0)], notes=("Only the first 1 of 9 trials were read.",))
    assert "Only the first 1 of 9 trials were read." in summarize(view_of(study)).notes
