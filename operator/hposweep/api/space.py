"""The search space as users write it (`spec.searchSpace[]`). The linter checks it, the worker suggests from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FloatRange:
    """Bounds of a number, both included."""

    low: float
    high: float
    log: bool = False
    step: float | None = None


@dataclass(frozen=True, slots=True)
class IntRange:
    """Bounds of a whole number, both included."""

    low: int
    high: int
    log: bool = False
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of a categorical parameter, in the user's order."""

    choices: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ParameterCondition:
    """The parameter exists only in trials where `parameter` has one of these values."""

    parameter: str
    in_: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dimension: exactly one of `float`, `int`, `categorical`."""

    name: str
    float_: FloatRange | None = None
    int_: IntRange | None = None
    categorical: Choices | None = None
    when: ParameterCondition | None = None


def size(parameter: Parameter) -> int | None:
    """Return the number of values; None when they are not countable."""
    if parameter.categorical is not None:
        return len(parameter.categorical.choices)
    bounds = parameter.int_ or parameter.float_
    if bounds is None or bounds.low > bounds.high:
        return None
    return steps(bounds)


def steps(bounds: FloatRange | IntRange) -> int | None:
    """Return the number of values between the bounds; None for real numbers without a step."""
    if bounds.low == bounds.high:
        return 1
    step = bounds.step or (1 if isinstance(bounds, IntRange) else None)
    if step is None or step <= 0:
        return None
    return math.floor((bounds.high - bounds.low) / step * (1 + 1e-9)) + 1


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are one choice: `1` and `1.0` are one, `1` and `true` are two (unlike in Python)."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)
