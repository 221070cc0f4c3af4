"""The search space as users write it (`spec.searchSpace[]`). The linter checks it, the worker suggests from it."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.api.plain import brief, plain

MAX_FLOAT = int(sys.float_info.max)  # a larger integer is no number that a rule can compute with


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


def choice(value: Any) -> Any:
    """Return the value of a parameter as every rule can compare it: a tuple for a list, text for what is no number.

    The text is that of `status` and `trials.jsonl`, so that a study and a file of its trials are judged alike.
    """
    if isinstance(value, list | tuple):
        return tuple(choice(item) for item in value)
    if isinstance(value, Mapping):
        return json.dumps(plain(value), sort_keys=True)
    if isinstance(value, int) and abs(value) >= MAX_FLOAT:
        return brief(value)
    return plain(value)


def same(first: Any, second: Any) -> bool:
    """Tell whether two values are one choice: `1` and `1.0` are one, `1` and `true` are two (unlike in Python)."""
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    return isinstance(first, bool) is isinstance(second, bool) and bool(first == second)


def is_among(value: Any, values: Iterable[Any]) -> bool:
    """Return whether one of the values is the same choice."""
    return any(same(value, other) for other in values)


def allows(item: Parameter, value: Any) -> bool:
    """Return whether the parameter may have this value."""
    if item.categorical is not None:
        return is_among(value, item.categorical.choices)
    bounds = item.int_ or item.float_
    if bounds is None or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if not bounds.low <= value <= bounds.high:
        return False
    step = bounds.step or (1 if item.int_ is not None else None)
    if step is None:
        return True
    steps = (value - bounds.low) / step
    return math.isclose(steps, round(steps), rel_tol=1e-9, abs_tol=1e-8)
