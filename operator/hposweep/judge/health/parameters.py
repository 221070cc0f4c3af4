"""What the search space allows, and what was sampled of it. Asked by rules about parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hposweep.api.space import Parameter, Range, WholeRange
from hposweep.model.history import Trial

# These visit what there is, in an order of their own: nothing has settled, and nothing is repeated by mistake.
EXHAUSTIVE_SAMPLERS = ("GridSampler", "BruteForceSampler")


def choices(parameter: Parameter) -> tuple[Any, ...]:
    """Of a categorical parameter; empty for others."""
    return parameter.categorical.choices if parameter.categorical is not None else ()


def size(parameter: Parameter) -> int | None:
    """How many values there are; None when they cannot be counted."""
    if parameter.categorical is not None:
        return len(parameter.categorical.choices)
    numbers: Range | WholeRange | None = parameter.float_ or parameter.int_
    if numbers is None:
        return None
    if numbers.low == numbers.high:
        return 1
    step = numbers.step or (1 if parameter.int_ is not None else None)
    return None if step is None else int((numbers.high - numbers.low) / step + 1e-9) + 1


def allowed(parameter: Parameter) -> str:
    """For sentences."""
    numbers: Range | WholeRange | None = parameter.float_ or parameter.int_
    if numbers is None:
        return f"{len(choices(parameter))} choices"
    return f"{numbers.low:g} to {numbers.high:g}"


def sampled(trials: Iterable[Trial], name: str) -> Iterator[Any]:
    """Its values, in the order of the trials."""
    return (trial.params[name] for trial in trials if name in trial.params)


def same(one: Any, other: Any) -> bool:
    """1 and True are two choices."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
