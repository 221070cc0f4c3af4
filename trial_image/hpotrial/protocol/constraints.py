"""The constraints of `spec.study.constraints`, as the worker gets them and as it tells Optuna of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SMALLEST = 5e-324  # a constraint above 0 is broken, also when the value is the bound itself


@dataclass(frozen=True, slots=True)
class Constraint:
    """A number that must be less than the bound, or greater than it."""

    name: str
    bound: float
    is_upper: bool

    @classmethod
    def from_json(cls, block: Mapping[str, Any]) -> Constraint:
        """Read an item of the spec. Raises KeyError when it has no bound."""
        is_upper = block.get("lessThan") is not None
        return cls(str(block["name"]), float(block["lessThan" if is_upper else "greaterThan"]), is_upper)

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "lessThan" if self.is_upper else "greaterThan": self.bound}

    def violation(self, value: float) -> float:
        """Return the value of Optuna's constraint: above 0 when this one is broken."""
        return (value - self.bound if self.is_upper else self.bound - value) or SMALLEST
