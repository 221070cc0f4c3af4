"""What follows for the other parameters when one of a configuration is set anew."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.api.space import Choices, FloatRange, IntRange, Parameter, ParameterCondition, same
from hposweep.plan.search_space import Space
from tests.unit.plan.histories import SPACE, cnn, context


def test_only_the_parameter_and_what_exists_with_it_changes() -> None:
    space = Space(SPACE, [cnn(depth=7), context(heads=2), context(heads=16)])
    assert space.changed(cnn(rate=3e-3), "encoder", "context") == context(rate=3e-3, heads=2)
    assert space.changed(context(rate=3e-3), "encoder", "cnn") == cnn(rate=3e-3, depth=7)
    assert space.changed(cnn(), "encoder", "cnn") == cnn()


def test_a_branch_that_nobody_has_seen_takes_its_defaults() -> None:
    space = Space(SPACE, [cnn()])
    assert space.changed(cnn(), "encoder", "context") == context(heads=4), "the middle of a log range from 1 to 16"


def test_a_child_of_both_branches_keeps_its_value() -> None:
    shared = Parameter("width", int_=IntRange(8, 64), when=ParameterCondition("encoder", ("cnn", "context")))
    params = {**cnn(), "width": 24}
    changed = Space((*SPACE, shared), [{**context(), "width": 48}]).changed(params, "encoder", "context")
    assert changed == {**context(), "width": 24}


def test_grandchildren_come_and_go_with_their_parents() -> None:
    kind = Parameter("kind", categorical=Choices(("a", "b")), when=ParameterCondition("encoder", ("context",)))
    size = Parameter("size", float_=FloatRange(0.0, 1.0), when=ParameterCondition("kind", ("b",)))
    space = Space((size, kind, *SPACE), [{**context(), "kind": "b", "size": 0.9}, {**context(), "kind": "a"}])
    assert space.changed(cnn(), "encoder", "context") == {**context(), "kind": "b", "size": 0.9}
    full = {**context(), "kind": "b", "size": 0.9}
    assert space.changed(full, "encoder", "cnn") == cnn(depth=5)
    assert space.changed(full, "kind", "a") == {**context(), "kind": "a"}


def test_what_the_objective_suggests_beside_the_space_stays() -> None:
    assert Space(SPACE, []).changed({**cnn(), "extra": 3}, "encoder", "cnn") == {**cnn(), "extra": 3}


def test_a_value_that_the_space_does_not_allow_any_more_is_not_taken_over() -> None:
    space = Space(SPACE, [context(heads=64), context(heads=3)])
    assert space.changed(cnn(), "encoder", "context")["heads"] == 3


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Parameter("p", categorical=Choices((None, 1))), None),
        (Parameter("p", float_=FloatRange(0.0, 3.0)), 1.5),
        (Parameter("p", float_=FloatRange(1e-5, 1e-1, log=True)), pytest.approx(1e-3)),
        (Parameter("p", float_=FloatRange(0.0, 0.25, step=0.05)), pytest.approx(0.1)),
        (Parameter("p", int_=IntRange(2, 7)), 4),
        (Parameter("p", int_=IntRange(1, 100, log=True)), 10),
        (Parameter("p", int_=IntRange(0, 30, step=10)), 20),
        (Parameter("p", int_=IntRange(5, 5)), 5),
    ],
)
def test_defaults(item: Parameter, expected: Any) -> None:
    space = Space((item,), [])
    value = space.changed({}, "other", 1)["p"]
    assert value == expected
    assert space.has({"p": value}), "a default is legal"


@pytest.mark.parametrize(
    ("name", "value", "is_allowed"),
    [
        ("encoder", "cnn", True),
        ("encoder", "mlp", False),
        ("depth", 8, True),
        ("depth", 9, False),
        ("depth", 2.5, False),
        ("depth", True, False),
        ("rate", 1e-4, True),
        ("rate", 9e-5, False),
        ("rate", "1e-3", False),
        ("dropout", 0.15000000000000002, True),
        ("dropout", 0.12, False),
    ],
)
def test_what_the_space_allows(name: str, value: Any, is_allowed: bool) -> None:
    assert Space(SPACE, []).has({name: value}) is is_allowed


def test_true_is_not_one() -> None:
    assert same(1, 1.0)
    assert not same(True, 1)
    assert same(None, None)
    assert not same(None, False)
