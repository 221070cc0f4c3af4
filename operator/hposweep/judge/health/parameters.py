"""The values that the search space allows, and those that were sampled. Called by the rules about parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hposweep.api.space import FloatRange, IntRange, Parameter
from hposweep.model.history import Trial


def choices(parameter: Parameter) -> tuple[Any, ...]:
    """Return the choices of a categorical parameter; empty for others."""
    return parameter.categorical.choices if parameter.categorical is not None else ()


def describe_range(parameter: Parameter) -> str:
    """Return the allowed values for a message: `0 to 1`, `3 choices`."""
    numbers: FloatRange | IntRange | None = parameter.float_ or parameter.int_
    if numbers is None:
        return f"{len(choices(parameter))} choices"
    return f"{numbers.low:g} to {numbers.high:g}"


def sampled_values(trials: Iterable[Trial], name: str) -> Iterator[Any]:
    """Return the values of a parameter, in the order of the trials."""
    return (trial.params[name] for trial in trials if name in trial.params)
