"""Pairs of parameters that act together, in studies whose truth is known."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hposweep.analysis import interactions as module
from hposweep.analysis.interactions import Interactions, interactions
from hposweep.analysis.view import view_of
from hposweep.model.stored_study import StoredStudy
from tests.unit.analysis.studies import SPACE, UNIT, random_study, random_trials, stored
from tests.unit.judge.histories import trial

PLANE: dict[str, BaseDistribution] = {"x": UNIT, "y": UNIT, "z": UNIT}


def noise(params: Mapping[str, Any], size: float = 0.1) -> float:
    return random.Random(str(params)).gauss(0, size)


def product(params: Mapping[str, Any]) -> float:
    """x and y act together, and x alone too."""
    return (params["x"] - 0.5) * (params["y"] - 0.5) + params["x"] + noise(params)


def of(study: StoredStudy, objective: int = 0) -> Interactions:
    return interactions(view_of(study), objective)


def names(result: Interactions) -> list[tuple[str, str]]:
    return [item.parameters for item in result.interactions]


def test_a_planted_product_is_named_and_nothing_else() -> None:
    result = of(random_study(200, product, space=PLANE))
    (item,) = result.interactions
    assert item.parameters == ("x", "y")
    assert item.p <= module.MAX_CHANCE
    assert 0.01 < item.share < 0.15, "x alone explains most"
    assert item.better_together in {("high", "high"), ("low", "low")}
    assert (item.trials, result.pairs) == (200, 3)


def test_the_direction_of_the_objective_decides_where_two_gain() -> None:
    up = of(random_study(200, lambda p: -product(p), space=PLANE, directions=("MINIMIZE",)))
    assert up.interactions[0].better_together in {("high", "high"), ("low", "low")}
    down = of(random_study(200, product, space=PLANE, directions=("MINIMIZE",)))
    assert down.interactions[0].better_together in {("low", "high"), ("high", "low")}


@pytest.mark.parametrize(
    "value",
    [
        lambda p: 3 * (p["x"] - 0.3) ** 2 + abs(p["y"] - 0.5) + p["z"],  # without noise
        lambda p: math.exp(4 * p["x"]) + p["y"] + noise(p, 1.0),
        lambda p: p["x"] + (0.1 + p["y"]) * noise(p, 1.0),  # more noise where y is large
        lambda p: 1e6 * (p["x"] > 0.9) + p["y"] + noise(p),
        lambda p: noise(p),
        lambda p: p["x"],
    ],
    ids=["no noise", "steep", "uneven noise", "a cliff", "noise alone", "one parameter"],
)
def test_an_additive_study_has_none(value: Callable[[Mapping[str, Any]], float]) -> None:
    assert names(of(random_study(150, value, space=PLANE))) == []


def test_a_choice_and_a_number_act_together() -> None:
    result = of(
        random_study(200, lambda p: p["depth"] * (1 if p["encoder"] == "cnn" else -1) + noise(p, 2.0), space=SPACE)
    )
    assert names(result) == [("depth", "encoder")]
    assert result.interactions[0].better_together in {("high", "cnn"), ("low", "context")}


def test_two_choices_act_together() -> None:
    space: dict[str, BaseDistribution] = {
        "a": CategoricalDistribution((True, False)),
        "b": CategoricalDistribution((1, True, "1")),
    }
    result = of(random_study(150, lambda p: float(p["a"] and p["b"] == "1") + noise(p, 0.2), space=space))
    assert names(result) == [("a", "b")]
    assert result.interactions[0].better_together == ("true", "1")


def test_a_parameter_of_a_branch_and_its_branch_are_no_pair() -> None:
    """The branch decides whether the parameter exists, so that one alone says what both say together."""
    trials = []
    for item in random_trials(150, lambda p: 0.0):
        names_of = [name for name in ("x", "encoder", "depth") if name != "depth" or item.params["encoder"] == "cnn"]
        params = {name: item.params[name] for name in names_of}
        value = params["x"] * params.get("depth", 0) + noise(params)
        space = {name: SPACE[name] for name in names_of}
        trials.append(trial(item.number, value, params=params, distributions=space))
    result = of(stored(trials))
    assert ("depth", "encoder") not in names(result)
    assert ("depth", "x") in names(result)
    within = next(item for item in result.interactions if item.parameters == ("depth", "x"))
    assert within.trials == sum("depth" in item.params for item in trials)


@pytest.mark.parametrize(
    ("study", "words"),
    [
        (lambda: random_study(20, product, space=PLANE), "20 comparable trials; at least 50 are needed"),
        (lambda: random_study(60, lambda p: p["x"], space={"x": UNIT}), "fewer than two parameters"),
        (lambda: random_study(60, lambda p: 1.0, space=PLANE), "all values of the objective are equal"),
        (
            lambda: random_study(60, lambda p: p["p0"], space={f"p{place}": UNIT for place in range(19)}),
            "60 comparable trials are too few for so many",
        ),
    ],
)
def test_what_cannot_be_known_is_said(study: Callable[[], StoredStudy], words: str) -> None:
    result = of(study())
    assert (result.interactions, result.pairs) == ((), 0)
    assert words in result.notes[0]


def test_a_large_study_is_sampled_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TRIALS", 100)
    monkeypatch.setattr(module, "MAX_PARAMETERS", 2)
    result = of(random_study(200, product, space=PLANE))
    assert (result.trials, result.comparable, result.pairs) == (100, 200, 1)
    assert result.notes[:2] == (
        "100 of 200 comparable trials were drawn at random (seed 0).",
        "Of 3 parameters, the 2 that explain most alone were compared.",
    )


def test_equal_studies_have_equal_interactions() -> None:
    assert of(random_study(120, product, space=PLANE)) == of(random_study(120, product, space=PLANE))


def test_huge_values_do_not_overflow() -> None:
    assert names(of(random_study(200, lambda p: 1e308 * (2 * p["x"] - 1) * (2 * p["y"] - 1), space=PLANE))) == [
        ("x", "y")
    ]


def test_each_objective_has_its_own_pairs() -> None:
    study = random_study(200, lambda p: (product(p), p["z"] + noise(p)), space=PLANE, directions=("MAXIMIZE",) * 2)
    assert names(of(study, 0)) == [("x", "y")]
    assert names(of(study, 1)) == []


def test_whole_numbers_and_logarithms_act_together() -> None:
    space: dict[str, BaseDistribution] = {
        "lr": FloatDistribution(1e-5, 1e-1, log=True),
        "batch": IntDistribution(8, 512, log=True),
    }

    def value(params: Mapping[str, Any]) -> float:
        """The best rate grows with the batch."""
        return -((math.log10(params["lr"]) + 3 - math.log10(params["batch"] / 64)) ** 2) + noise(params, 0.3)

    result = of(random_study(150, value, space=space))
    assert names(result) == [("batch", "lr")]
