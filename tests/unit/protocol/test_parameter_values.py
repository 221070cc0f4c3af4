"""Which parameter values are one, and which trials have them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpotrial.protocol.parameter_values import has_values, is_equal


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0.0, False, False),
        (True, True, True),
        ("1", 1, False),
        (None, None, True),
        (None, 0, False),
        (0.1 + 2 * 0.1, 0.3, True),
        (-0.3 + 3 * 0.1, 0, True),
        (1e-5, 1.0000001e-5, False),
        (3, 4, False),
        (10**30, 10**30 + 1, False),
        ((1, "a"), [1.0, "a"], True),
        ((1, 2), [1], False),
        ((True,), [1], False),
        (float("nan"), float("nan"), False),
        (float("inf"), float("inf"), True),
    ],
)
def test_numbers_are_one_by_value_and_booleans_are_no_numbers(first: Any, second: Any, is_same: bool) -> None:
    assert is_equal(first, second) is is_same
    assert is_equal(second, first) is is_same


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False), st.lists))
def test_a_value_is_equal_to_itself(value: Any) -> None:
    assert is_equal(value, value)


def test_a_trial_needs_all_values() -> None:
    params = {"kind": "a", "depth": 3}
    assert has_values(params, {})
    assert has_values(params, {"kind": "a", "depth": 3.0})
    assert not has_values(params, {"kind": "a", "depth": 4})
    assert not has_values(params, {"kind": "a", "width": None}), "an absent parameter has no value"
