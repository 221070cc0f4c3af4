"""Set one parameter of a configuration, and derive the parameters that depend on it. Called by `pairs`.

The search space has passed the linter: conditions name parameters that exist, and form no cycle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hposweep.api.space import FloatRange, IntRange, Parameter, allows, is_among, same

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Space:
    """The search space, and the configurations that were tried in it, best first."""

    parameters: Sequence[Parameter]
    configurations: Sequence[Params]

    def has(self, params: Params) -> bool:
        """Return whether the space allows each value. An adopted study may hold others."""
        return all(allows(item, params[item.name]) for item in self.parameters if item.name in params)

    def changed(self, params: Params, name: str, value: Any) -> dict[str, Any]:
        """Return `params` with `name` set to `value`, and with the conditional parameters that then apply.

        One that begins to apply takes the best value that was tried together with `value`, else its default.
        Parameters that the objective suggests beside the search space stay.
        """
        values = {name: value}
        by_name = {item.name: item for item in self.parameters}

        def settle(item: Parameter) -> None:
            if item.name in values or not self._applies(item, values, by_name, settle):
                return
            values[item.name] = params[item.name] if item.name in params else self._incoming(item, name, value)

        for item in self.parameters:
            settle(item)
        beside = {key: other for key, other in params.items() if key not in by_name}
        return {**{item.name: values[item.name] for item in self.parameters if item.name in values}, **beside}

    def _applies(
        self, item: Parameter, values: Params, by_name: Mapping[str, Parameter], settle: Callable[[Parameter], None]
    ) -> bool:
        if item.when is None:
            return True
        parent = item.when.parameter
        if parent in by_name:
            settle(by_name[parent])
        return parent in values and is_among(values[parent], item.when.in_)

    def _incoming(self, item: Parameter, name: str, value: Any) -> Any:
        for params in self.configurations:
            is_there = item.name in params and name in params and same(params[name], value)
            if is_there and allows(item, params[item.name]):
                return params[item.name]
        return _default(item)


def _default(item: Parameter) -> Any:
    """Return the first choice, or the middle of the range."""
    if item.categorical is not None:
        return item.categorical.choices[0]
    if item.int_ is not None:
        return int(_middle(item.int_, item.int_.step or 1))
    assert item.float_ is not None  # noqa: S101  # the schema demands one of the three
    return float(_middle(item.float_, item.float_.step))


def _middle(bounds: FloatRange | IntRange, step: float | None) -> float:
    middle = math.sqrt(bounds.low * bounds.high) if bounds.log else (bounds.low + bounds.high) / 2
    if step is None:
        return min(max(middle, bounds.low), bounds.high)
    return bounds.low + step * round((middle - bounds.low) / step)
