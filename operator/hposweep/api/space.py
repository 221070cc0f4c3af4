"""The search space as users write it: `spec.searchSpace[]`. The linter checks it, the worker suggests from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of a number, both included."""

    low: float
    high: float
    log: bool = False
    step: float | None = None


@dataclass(frozen=True, slots=True)
class WholeRange:
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
class Condition:
    """The parameter exists only in trials where `parameter` has one of these values."""

    parameter: str
    in_: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dimension: exactly one of `float`, `int`, `categorical`."""

    name: str
    float_: Range | None = None
    int_: WholeRange | None = None
    categorical: Choices | None = None
    when: Condition | None = None
