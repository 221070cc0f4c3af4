"""Two definitions of a parameter agree when one study can hold both, and otherwise the sentence shows what differs."""

from __future__ import annotations

import math
from typing import Any

import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hpotrial.protocol.spaces import agree, difference, plain_choices, position, stored_form


def choices(*values: Any) -> CategoricalDistribution:
    return CategoricalDistribution(values)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (choices((16,), (16, (32, None))), choices([16], [16, [32, None]])),
        (choices(math.nan, [math.nan]), choices(math.nan, [math.nan])),
        (choices(10**400), choices(10**400)),
        (choices(1, 2), choices(1.0, 2.0)),
        (FloatDistribution(0, 1), FloatDistribution(0, 2)),
    ],
)
def test_definitions_agree_as_they_are_stored(first: BaseDistribution, second: BaseDistribution) -> None:
    assert agree(stored_form(first), stored_form(second))


@pytest.mark.parametrize(
    ("stored", "other", "sentence"),
    [
        (choices(8, 16), choices(128, 256), "got [128, 256]; allowed [8, 16]"),
        (choices("a", None), choices([1], "ü"), 'got [[1], "ü"]; allowed ["a", null]'),
        (
            choices(*range(1000)),
            choices(*range(1, 1001)),
            "got 1000 choices, new 1000, without 0; allowed the 1000 of the study",
        ),
        (
            choices(*range(100)),
            choices(*range(110)),
            "got 110 choices, new 100, 101, 102, …; allowed the 100 of the study",
        ),
        (
            choices(*range(100)),
            choices(*reversed(range(100))),
            "got 100 choices, in another order; allowed the 100 of the study",
        ),
        (choices(1, 2), IntDistribution(1, 2), "got an int from 1 to 2; allowed choices [1, 2]"),
        (
            FloatDistribution(1, 2),
            FloatDistribution(1, 2, log=True),
            "got a float from 1 to 2 on a log scale; allowed a float from 1 to 2",
        ),
    ],
)
def test_a_difference_is_shown_briefly(stored: BaseDistribution, other: BaseDistribution, sentence: str) -> None:
    assert not agree(stored, other)
    assert difference(stored, other) == sentence


@pytest.mark.parametrize("value", [1, 1.0, True, "1", None, math.nan, [1, [math.nan]], {"a": 1}])
def test_a_value_is_found_where_it_stands(value: Any) -> None:
    every = plain_choices([1, 1.0, True, "1", None, math.nan, (1, [math.nan]), {"a": 1}])
    place = position(value, every)
    assert repr(every[place]) == repr(value)


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="set is not JSON serializable"):
        plain_choices([{1, 2}])
