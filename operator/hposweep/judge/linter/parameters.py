"""Look-ups in the search space: a parameter by name, and its path."""

from __future__ import annotations

from hposweep.api.space import Parameter
from hposweep.api.spec import Spec


def parameter_of(spec: Spec, name: str) -> Parameter | None:
    return next((parameter for parameter in spec.search_space if parameter.name == name), None)


def place_of(spec: Spec, name: str) -> str:
    """Return the path of a parameter in the resource."""
    position = next(index for index, parameter in enumerate(spec.search_space) if parameter.name == name)
    return f"spec.searchSpace[{position}]"
