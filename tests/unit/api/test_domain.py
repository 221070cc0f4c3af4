"""The index of a parameter's values says the same as a look at each of them."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.api.domain import Domain
from hposweep.api.space import Parameter, allows
from tests import builders
from tests.unit import world

CHOICES = (1, 2.5, True, "1", None, [1, [2, "x"]], False)
VALUES = (0, 1, 1.0, 2, 2.5, True, False, "1", "true", None, [1, [2, "x"]], (1, [2.0, "x"]), [1, 2], {"a": 1}, 3, 9)


def parameter(body: dict[str, Any]) -> Parameter:
    return world.sweep(searchSpace=[body]).spec.search_space[0]


@pytest.mark.parametrize(
    "body",
    [
        builders.categorical_parameter("p", *CHOICES),
        builders.int_parameter("p", 1, 9, step=2),
        builders.float_parameter("p", 0.5, 3.0),
    ],
)
def test_it_allows_what_the_space_allows(body: dict[str, Any]) -> None:
    item = parameter(body)
    verdicts = [Domain(item).allows(value) for value in VALUES]
    assert verdicts == [allows(item, value) for value in VALUES]
    assert any(verdicts)
    assert not all(verdicts)


def test_a_value_has_the_type_of_the_parameter() -> None:
    choices = Domain(parameter(builders.categorical_parameter("p", *CHOICES)))
    assert [choices.typed(value) for value in (1.0, True, [1, [2, "x"]])] == [1, True, (1, (2, "x"))]
    assert type(choices.typed(1.0)) is int
    assert type(Domain(parameter(builders.int_parameter("p", 1, 9))).typed(4.0)) is int
    assert type(Domain(parameter(builders.float_parameter("p", 1, 9))).typed(4)) is float


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (builders.categorical_parameter("p", *range(9)), "0, 1, 2, 3, 4, 5, 3 more"),
        (builders.int_parameter("p", 1, 9, step=2), "an integer from 1 to 9, step 2"),
        (builders.float_parameter("p", 1e-5, 0.1, log=True), "1e-05 to 0.1"),
    ],
)
def test_it_is_worded(body: dict[str, Any], words: str) -> None:
    assert str(Domain(parameter(body))) == words
