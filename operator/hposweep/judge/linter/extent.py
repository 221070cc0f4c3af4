"""How much a parameter can vary: how many values it has, and whether a choice is one of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from hposweep.api.space import Parameter, Range, WholeRange
from hposweep.api.spec import Spec


def parameter_of(spec: Spec, name: str) -> Parameter | None:
    return next((parameter for parameter in spec.search_space if parameter.name == name), None)


def place_of(spec: Spec, name: str) -> str:
    """The path of a parameter in the resource."""
    position = next(place for place, parameter in enumerate(spec.search_space) if parameter.name == name)
    return f"spec.searchSpace[{position}]"


def size(parameter: Parameter) -> int | None:
    """How many values it has; None when they are not countable."""
    if parameter.categorical is not None:
        return len(parameter.categorical.choices)
    bounds = parameter.int_ or parameter.float_
    if bounds is None or bounds.low > bounds.high:
        return None
    return steps(bounds)


def steps(bounds: Range | WholeRange) -> int | None:
    """How many values lie between the bounds; None for real numbers without a step."""
    if bounds.low == bounds.high:
        return 1
    step = bounds.step or (1 if isinstance(bounds, WholeRange) else None)
    if step is None or step <= 0:
        return None
    return math.floor((bounds.high - bounds.low) / step * (1 + 1e-9)) + 1


def is_among(value: Any, choices: Iterable[Any]) -> bool:
    """`1`, `1.0` and `true` are three choices to a person, and `1` and `1.0` one to YAML."""
    return any(value == choice and isinstance(value, bool) == isinstance(choice, bool) for choice in choices)
