"""Dataclasses and the API's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.wire import from_wire, to_wire, wire_name


@dataclass(frozen=True, slots=True)
class Inner:
    float_: float
    at_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    many_inner: tuple[Inner, ...] = ()
    by_name: Mapping[str, tuple[Inner, ...]] = field(default_factory=dict)
    anything: Any = None
    one: Inner | None = None


times = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)).map(
    lambda value: value.replace(microsecond=0, tzinfo=UTC)
)
inners = st.builds(Inner, float_=st.floats(allow_nan=False, allow_infinity=False), at_time=st.none() | times)


@given(
    st.builds(
        Outer,
        name=st.text(),
        many_inner=st.lists(inners, max_size=3).map(tuple),
        by_name=st.dictionaries(st.text(max_size=3), st.lists(inners, max_size=2).map(tuple), max_size=3),
        anything=st.none() | st.integers() | st.dictionaries(st.text(max_size=2), st.booleans(), max_size=2),
        one=st.none() | inners,
    )
)
def test_what_is_written_reads_back_the_same(value: Outer) -> None:
    assert from_wire(Outer, to_wire(value)) == value


@pytest.mark.parametrize(
    ("name", "wire"),
    [("max_trials", "maxTrials"), ("float_", "float"), ("in_", "in"), ("name", "name"), ("a_b_c", "aBC")],
)
def test_names_become_camel_case(name: str, wire: str) -> None:
    assert wire_name(name) == wire


def test_a_required_field_that_is_absent_is_named() -> None:
    with pytest.raises(KeyError, match="float"):
        from_wire(Inner, {})


def test_absent_and_null_take_the_default() -> None:
    assert from_wire(Outer, {"name": "x", "one": None}) == Outer("x")
