"""Tell whether a trial has the parameter values of a `bestValue.where`.

The operator judges by this definition (`judge.criteria.where`), and a worker waits for the judgement by it
(`lifecycle.review`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

# A number that a step reaches differs from the decimal that a user writes: 0.1 + 2 * 0.1 is a little more than 0.3.
_RELATIVE, _ABSOLUTE = 1e-9, 1e-15


def has_values(params: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Return whether a trial with these parameters has each of the values; an absent parameter has none."""
    return all(name in params and is_equal(params[name], value) for name, value in values.items())


def is_equal(first: Any, second: Any) -> bool:
    """Return whether two values are one: `1` and `1.0` are one, `1` and `true` are two (unlike in Python)."""
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(is_equal, first, second))
    if isinstance(first, bool) is not isinstance(second, bool):
        return False
    if isinstance(first, int | float) and isinstance(second, int | float) and float in (type(first), type(second)):
        return math.isclose(first, second, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    return bool(first == second)
