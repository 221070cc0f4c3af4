"""Importances, directions, branches and the elite of studies whose truth is known."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from scipy import stats

from hposweep.analysis import importances as module
from hposweep.analysis.effects import branch_of, effects
from hposweep.analysis.elite import best_tenth, elite
from hposweep.analysis.importances import importances
from hposweep.analysis.view import view_of
from hposweep.model.stored_study import StoredStudy
from tests.unit.analysis.studies import SPACE, UNIT, random_study, random_trials, stored
from tests.unit.judge.histories import trial


def _value(params: Mapping[str, Any]) -> float:
    """Depth matters most, the encoder too; x and lr do nothing."""
    noise = random.Random(str(params)).gauss(0, 0.1)
    return 0.2 * params["depth"] + (0.5 if params["encoder"] == "cnn" else 0.0) + noise


STUDY = random_study(120, _value)


def test_important_parameters_are_told_from_chance_and_null_ones_are_not() -> None:
    result = importances(view_of(STUDY), 0)
    assert result.parameters[0].parameter == "depth"
    by_name = {item.parameter: item for item in result.parameters}
    assert by_name["depth"].is_distinct
    assert not by_name["x"].is_distinct
    assert not by_name["lr"].is_distinct
    assert sum(item.share for item in result.parameters) == pytest.approx(1)
    assert all(item.low <= item.high for item in result.parameters)
    assert result.notes == ()


def test_equal_studies_have_equal_importances() -> None:
    assert importances(view_of(STUDY), 0) == importances(view_of(random_study(120, _value)), 0)


def test_few_trials_are_said_to_be_unreliable() -> None:
    result = importances(view_of(random_study(20, _value)), 0)
    assert "Not reliable below 50 comparable trials (got 20)." in result.notes
    assert importances(view_of(random_study(3, _value)), 0).parameters == ()


def test_a_large_study_is_sampled_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CELLS", 400)
    result = importances(view_of(STUDY), 0)
    assert result.trials == 100
    assert "100 of 120 comparable trials were drawn at random (seed 0)." in result.notes


def test_the_direction_is_that_of_scipy_in_the_users_own_sign() -> None:
    for directions, side in (("MAXIMIZE", "better with larger values"), ("MINIMIZE", "better with smaller values")):
        study = random_study(120, _value, directions=(directions,))
        by_name = {item.parameter: item for item in effects(view_of(study), 0).parameters}
        depths = [item.params["depth"] for item in study.history.trials]
        values = [item.values[0] for item in study.history.trials]
        assert by_name["depth"].correlation == pytest.approx(stats.spearmanr(depths, values).statistic)
        assert by_name["depth"].side == side
        assert by_name["x"].side == ""
        low, high = by_name["depth"].low, by_name["depth"].high
        assert low is not None
        assert high is not None
        assert low < (by_name["depth"].correlation or 0) < high


def test_each_choice_has_its_best_trial_and_its_median() -> None:
    rows = effects(view_of(STUDY), 0).choices
    assert [row.choice for row in rows] == ["cnn", "context"]
    for row in rows:
        own = [item for item in STUDY.history.trials if item.params["encoder"] == row.choice]
        assert row.best == max(item.values[0] for item in own)
        assert STUDY.history.trials[row.best_trial].values[0] == row.best
        assert row.trials == len(own)
        assert row.low is not None
        assert row.high is not None
        assert row.low <= row.median <= row.high


def _conditional(n: int) -> StoredStudy:
    trials = []
    for item in random_trials(n, _value):
        params = {
            name: value for name, value in item.params.items() if name != "depth" or item.params["encoder"] == "cnn"
        }
        distributions = {name: SPACE[name] for name in params}
        trials.append(trial(item.number, item.values, params=params, distributions=distributions))
    return stored(trials)


def test_a_conditional_parameter_is_judged_within_its_branch() -> None:
    view = view_of(_conditional(120))
    assert branch_of("depth", view) == "encoder = cnn"
    assert branch_of("x", view) is None
    by_name = {item.parameter: item for item in effects(view, 0).parameters}
    assert by_name["depth"].trials == sum("depth" in item.params for item in view.trials)
    assert by_name["depth"].side == "better with larger values"


def test_the_elite_is_a_tenth_and_five_at_least() -> None:
    for n, size in ((3, 3), (20, 5), (50, 5), (51, 6), (120, 12)):
        study = random_study(n, _value)
        trials = best_tenth(view_of(study))
        assert len(trials) == size
        assert min(item.values[0] for item in trials) >= sorted(item.values[0] for item in study.history.trials)[-size]


def test_the_ranges_of_the_elite_and_the_bound_that_it_touches() -> None:
    result = elite(view_of(STUDY))
    by_name = {item.parameter: item for item in result.ranges}
    depth, x = by_name["depth"], by_name["x"]
    assert (depth.searched_low, depth.searched_high, depth.high) == (2, 8, 8)
    assert depth.boundary == "touching"
    assert depth.near_high
    assert x.boundary != "touching"
    assert 0 <= x.range_share <= 1
    best = max(result.choices, key=lambda item: item.share)
    assert best.choice == "cnn"
    assert best.lift > 1


def test_a_range_of_one_value_and_one_parameter_are_no_error() -> None:
    view = view_of(random_study(30, lambda p: 1.0, space={"x": FloatDistribution(1, 1)}))
    assert importances(view, 0).notes == ("Unknown: no parameter has two different values.",)
    assert elite(view).ranges[0].range_share == 1.0
    assert effects(view, 0).parameters[0].correlation is None


def test_equal_values_of_the_objective_are_named() -> None:
    result = importances(view_of(random_study(30, lambda p: 1.0)), 0)
    assert result.notes == ("Unknown: all values of the objective are equal.",)


def test_true_and_one_are_two_choices() -> None:
    space = {"flag": CategoricalDistribution((True, 1, "1", None)), "x": UNIT}
    result = effects(view_of(random_study(60, lambda p: p["x"], space=space)), 0)
    assert sorted(item.choice for item in result.choices) == ["1", "1", "null", "true"]
    assert sum(item.trials for item in result.choices) == 60
    assert all(math.isfinite(item.median) for item in result.choices)


def test_a_parameter_with_thousands_of_choices_is_bounded() -> None:
    space = {"x": UNIT, "id": CategoricalDistribution(tuple(range(5000)))}
    view = view_of(random_study(300, lambda p: p["x"], space=space))
    result = importances(view, 0)
    assert [item.parameter for item in result.parameters] == ["x"]
    assert "Left out for more than 1000 choices: `id`." in result.notes
    table = effects(view, 0)
    assert len(table.choices) == 20
    assert any("only the best 20 of" in note for note in table.notes)
