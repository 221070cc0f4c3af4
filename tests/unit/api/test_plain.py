"""What users put into a trial has one spelling in JSON, which every reader takes and which reads back the same."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.plain import brief, brief_params, plain, read_number
from hposweep.api.space import choice, same

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        ([-math.inf, (1, math.nan)], ["-Infinity", [1, "NaN"]]),
        ({"a": {"b": math.nan}, math.inf: 1}, {"a": {"b": "NaN"}, "Infinity": 1}),
        ("half \ud800 a pair", "half ? a pair"),
        (10**400, 10**400),
    ],
)
def test_what_json_has_no_number_for_becomes_text(value: Any, expected: Any) -> None:
    assert plain(value) == expected


@given(VALUES)
def test_plain_values_are_strict_json_and_equal_when_read_again(value: Any) -> None:
    text = json.dumps(plain(value), allow_nan=False, ensure_ascii=False)
    text.encode()
    assert plain(json.loads(text)) == plain(value) == json.loads(text)


@given(VALUES)
def test_a_parameter_can_be_compared_and_counted(value: Any) -> None:
    assert same(choice(value), choice(value))
    assert len({choice(value), choice(value)}) == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_the_words_are_read_back(value: float) -> None:
    assert repr(read_number(plain(value))) == repr(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x" * 300, "x" * 255 + "…"),
        ([1, [2, 3]], [1, [2, 3]]),
        (list(range(1000)), "[" + ", ".join(map(str, range(1000)))[:254] + "…"),
        ([2**70], f"[{2**70}]"),
        (2**63 - 1, 2**63 - 1),
        (2**63, str(2**63)),
        (True, True),
    ],
)
def test_a_value_of_the_status_is_short(value: Any, expected: Any) -> None:
    assert brief(value) == expected


def test_an_integer_of_any_length_is_short() -> None:
    assert len(brief(7**9000)) < 30


def test_parameters_of_the_status_are_bounded_and_say_how_many_are_left_out() -> None:
    params = {f"layer{number:03}": number for number in range(201)}
    assert brief_params(params) == {**{f"layer{number:03}": number for number in range(100)}, "…": "and 101 more"}
    assert brief_params({"x": math.nan}) == {"x": "NaN"}
    assert brief_params({"n" * 300: 1}) == {"n" * 255 + "…": 1}
