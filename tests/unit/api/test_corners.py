"""The extremes of a search space: each number at a bound that it can have, everything else as the point says."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.api.corners import corners
from tests import builders
from tests.unit import world

LR = builders.float_parameter("lr", 1e-4, 0.1, log=True)
DEPTH = builders.int_parameter("depth", 1, 8)
FAMILY: dict[str, Any] = {"name": "family", "categorical": {"choices": ["cnn", "mlp"]}}


def points(*space: dict[str, Any], **params: Any) -> Any:
    return corners(world.sweep(searchSpace=list(space)).spec.search_space, params)


def test_every_number_is_at_a_bound_and_other_parameters_stay() -> None:
    assert points(LR, DEPTH, FAMILY, lr=0.01, family="cnn") == {
        "upper": {"lr": 0.1, "depth": 8, "family": "cnn"},
        "lower": {"lr": 1e-4, "depth": 1, "family": "cnn"},
    }


@pytest.mark.parametrize(
    ("parameter", "upper"),
    [
        (builders.int_parameter("n", 1, 8, step=2), 7),
        (builders.int_parameter("n", 16, 128, step=16), 128),
        (builders.float_parameter("n", 0.0, 1.0, step=0.3), pytest.approx(0.9)),
        (builders.float_parameter("n", 0.0, 0.3, step=0.1), pytest.approx(0.3)),
        (builders.float_parameter("n", -1e308, 1e308, step=0.1), 1e308),
    ],
)
def test_a_step_may_leave_the_bound_out(parameter: dict[str, Any], upper: Any) -> None:
    value = points(parameter)["upper"]["n"]
    assert value == upper
    assert value <= (parameter.get("int") or parameter["float"])["high"]


def test_the_point_itself_is_no_corner() -> None:
    assert list(points(DEPTH, depth=8)) == ["lower"]


def test_without_a_number_there_is_none() -> None:
    assert points(FAMILY, family="cnn") == {}
