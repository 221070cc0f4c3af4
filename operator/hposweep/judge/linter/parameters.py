"""Look-ups in the search space: a parameter by name, its path, and whether a value is one of its choices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hposweep.api.space import Parameter, same
from hposweep.api.spec import Spec


def parameter_of(spec: Spec, name: str) -> Parameter | None:
    return next((parameter for parameter in spec.search_space if parameter.name == name), None)


def place_of(spec: Spec, name: str) -> str:
    """Return the path of a parameter in the resource."""
    position = next(index for index, parameter in enumerate(spec.search_space) if parameter.name == name)
    return f"spec.searchSpace[{position}]"


def is_among(value: Any, choices: Iterable[Any]) -> bool:
    return any(same(value, choice) for choice in choices)
