"""`boundariesResolved`: inside, at a bound, or neither; probes decide."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hposweep.api.criteria import BoundariesResolved
from hposweep.model.history import Trial
from hposweep.model.verdicts import Outcome
from tests.unit.judge.criteria.builders import F, T, U, judged, pairs, searched, trial

X = BoundariesResolved(("x",))


def peak_inside(params: dict[str, Any], draw: random.Random) -> float:
    return float(-((params["x"] - 0.5) ** 2) - abs(params["depth"] - 5) / 100)


def rises_with_x(params: dict[str, Any], draw: random.Random) -> float:
    return float(params["x"]) + draw.gauss(0, 0.02)


def falls_with_depth(params: dict[str, Any], draw: random.Random) -> float:
    return -float(params["depth"]) + draw.gauss(0, 0.1)


def nothing_matters(params: dict[str, Any], draw: random.Random) -> float:
    return draw.gauss(0, 1)


INSIDE, RISES, NULL = (searched(100, value) for value in (peak_inside, rises_with_x, nothing_matters))


def probes(side: str, *differences: float, start: int) -> list[Trial]:
    return pairs(differences, parameter="x", sides=(side, None), start=start)


@pytest.mark.parametrize(
    ("criterion", "trials", "ended", "outcome"),
    [
        (X, INSIDE, True, T),
        (X, INSIDE, False, T),
        (BoundariesResolved(("x", "lr")), INSIDE, True, U),
        (X, RISES, True, F),
        (X, RISES, False, U),
        (BoundariesResolved(("depth",)), searched(100, falls_with_depth), True, F),
        (X, NULL, True, U),
        (X, INSIDE[:24], True, U),
        (BoundariesResolved(("arm",)), INSIDE, True, U),
        (BoundariesResolved(("ghost",)), INSIDE, True, U),
        (X, None, True, U),
    ],
)
def test_every_outcome(
    criterion: BoundariesResolved, trials: list[Trial] | None, ended: bool, outcome: Outcome
) -> None:
    assert judged(criterion, trials, ended=ended).outcome == outcome


def test_without_probes_it_is_a_description_and_says_so() -> None:
    found = judged(X, INSIDE)
    assert "x 0 low and 0 high of 20" in found.message
    assert "a description" in found.message
    assert found.evidence["x"]["high"]["near"] == 0
    touching = judged(X, RISES)
    assert "the better trials of x lie at the bound. Widen the range" in touching.message
    assert touching.margin is not None
    assert touching.margin < 0


def test_probes_that_are_better_at_a_bound_refute_an_elite_that_lies_inside() -> None:
    low = probes("low", *[-0.1 - pair / 50 for pair in range(6)], start=100)
    high = probes("high", *[0.1 + pair / 50 for pair in range(6)], start=200)
    for number, one in enumerate(high):  # of pairs of their own
        high[number] = Trial(one.number, one.state, one.values, attributes=_renumbered(one))
    found = judged(X, INSIDE + low + high)
    assert found.outcome == F
    assert "high: better there in 6 probes" in found.message
    assert judged(X, INSIDE + low + high, ended=False).outcome == U


def test_probes_that_are_worse_at_both_bounds_resolve_them_whatever_the_elite_look_like() -> None:
    low = probes("low", *[-0.1 - pair / 50 for pair in range(7)], start=100)
    high = [
        Trial(one.number, one.state, one.values, attributes=_renumbered(one))
        for one in probes("high", *[-0.1 - pair / 50 for pair in range(7)], start=200)
    ]
    assert judged(X, NULL).outcome == U
    found = judged(X, NULL + low + high)
    assert found.outcome == T
    assert "a description" not in found.message
    assert judged(X, NULL + low).outcome == U


def placed(*elite: float, rest: float = 0.5) -> list[Trial]:
    """The best 20 of 100 trials have these places in the range of `x`, best first, then 0.5; no trend with age."""
    places = [*elite, *[0.5] * (20 - len(elite)), *[rest] * 80]
    return [trial(number, -((number * 37) % 100), x=places[(number * 37) % 100]) for number in range(100)]


@pytest.mark.parametrize(
    ("trials", "outcome"),
    [
        (placed(), T),
        (placed(*[0.5] * 7, 0.95), T),  # one in twenty
        (placed(*[0.5] * 7, 0.95, 0.05), U),
        (placed(*[0.5] * 4, 0.87), U),  # of the best five none is in the outer 15 %
        (placed(*[0.5] * 5, 0.87), T),
        (placed(*[0.95] * 8), F),
        (placed(0.5, *[0.95] * 8), F),
        (placed(0.5, 0.5, *[0.95] * 8), U),  # two of the best three
        (placed(*[0.95] * 4), U),  # four of twenty may be chance
        (placed(*[0.95] * 8, rest=0.99), U),  # the worst lie there as well
    ],
)
def test_what_inside_and_touching_mean(trials: list[Trial], outcome: Outcome) -> None:
    assert judged(X, trials).outcome == outcome


def test_a_logarithmic_range_has_logarithmic_zones() -> None:
    trials = [trial(number, -abs(number - 50), lr=10 ** (-3 + (number - 50) / 1000)) for number in range(100)]
    assert judged(BoundariesResolved(("lr",)), trials).outcome == T  # 0.001 is in the middle, of the logarithm


def test_whole_numbers_have_their_end_values_as_zones() -> None:
    trials = [trial(number, -abs(number % 7 - 3), depth=2 + number % 7) for number in range(105)]
    assert judged(BoundariesResolved(("depth",)), trials).evidence["depth"]["low"]["near"] == 0
    assert judged(BoundariesResolved(("depth",)), trials).outcome == T


def _renumbered(one: Trial) -> dict[str, Any]:
    return {name: mark | {"pair": 100 + mark["pair"]} for name, mark in one.attributes.items()}
