"""What the search space allows, and what was sampled of it. Asked by rules about parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hposweep.api.space import FloatRange, IntRange, Parameter
from hposweep.model.history import Trial


def choices(parameter: Parameter) -> tuple[Any, ...]:
    """Of a categorical parameter; empty for others."""
    return parameter.categorical.choices if parameter.categorical is not None else ()


def allowed(parameter: Parameter) -> str:
    """For sentences."""
    numbers: FloatRange | IntRange | None = parameter.float_ or parameter.int_
    if numbers is None:
        return f"{len(choices(parameter))} choices"
    return f"{numbers.low:g} to {numbers.high:g}"


def sampled(trials: Iterable[Trial], name: str) -> Iterator[Any]:
    """Its values, in the order of the trials."""
    return (trial.params[name] for trial in trials if name in trial.params)
