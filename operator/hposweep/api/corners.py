"""The extremes of the search space that `spec.baselineTrial.corners` tries. Read by `judge` and `plan`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hposweep.api.space import FloatRange, IntRange, Parameter, steps

UPPER, LOWER = "upper", "lower"


def corners(space: Sequence[Parameter], params: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return the parameters of each corner by its name; none without a number in the search space.

    Two and not one per combination, because these double with each parameter. Categorical parameters keep the value of
    `params`, or are left to the sampler. A corner that is the point `params` itself is left out.
    """
    ranges = {item.name: bounds for item in space if (bounds := item.int_ or item.float_) is not None}
    points = {
        UPPER: {**params, **{name: _highest(bounds) for name, bounds in ranges.items()}},
        LOWER: {**params, **{name: bounds.low for name, bounds in ranges.items()}},
    }
    return {name: point for name, point in points.items() if point != params}


def _highest(bounds: FloatRange | IntRange) -> float:
    """Return the largest value; with a step it may be below the upper bound."""
    if not bounds.step or bounds.step < 0:
        return bounds.high
    try:
        count = steps(bounds)
        return bounds.high if count is None else min(bounds.high, bounds.low + (count - 1) * bounds.step)
    except OverflowError:  # the linter refuses such bounds
        return bounds.high
