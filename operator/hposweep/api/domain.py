"""The allowed values of one parameter, looked up often: points and trials of other studies are held against them.

A list of a thousand choices is indexed once, because five hundred points may name one of them in a hundred parameters.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any

from hposweep.api.space import Parameter, allows

MAX_SHOWN_CHOICES = 6


class Domain:
    """The values of one parameter, as `api.space.allows` defines them."""

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        choices = parameter.categorical.choices if parameter.categorical is not None else ()
        self._choices = {_identity(choice): choice for choice in reversed(choices)}  # of equal ones the first

    def allows(self, value: Any) -> bool:
        if self.parameter.categorical is not None:
            return _identity(value) in self._choices
        return allows(self.parameter, value)

    def typed(self, value: Any) -> Any:
        """Return an allowed value as the objective gets it: an integer, a float, or the choice as the spec has it."""
        if self.parameter.categorical is not None:
            return self._choices[_identity(value)]
        return int(value) if self.parameter.int_ is not None else float(value)

    def __str__(self) -> str:
        """Return the values in words: `1e-05 to 0.1`, `an integer from 2 to 8, step 2`, `"cnn", "mlp"`."""
        item = self.parameter
        if item.categorical is not None:
            shown = [json.dumps(value, default=str) for value in item.categorical.choices[:MAX_SHOWN_CHOICES]]
            omitted = len(item.categorical.choices) - len(shown)
            return ", ".join([*shown, *([f"{omitted} more"] if omitted else [])])
        bounds = item.int_ or item.float_
        if bounds is None:
            return "none"
        step = f", step {bounds.step:.6g}" if bounds.step else ""
        return f"{'an integer from ' if item.int_ is not None else ''}{bounds.low:.6g} to {bounds.high:.6g}{step}"


def _identity(value: Any) -> Hashable:
    """Return a key that is equal for values that are one choice: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, list | tuple):
        return tuple(map(_identity, value))
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, default=str)
    return (isinstance(value, bool), value)
