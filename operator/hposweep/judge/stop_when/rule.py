"""The interface of a kind of stop rule: its field, the reason of the end, and when it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hposweep.api.wire import wire_name
from hposweep.judge.evidence import Evidence
from hposweep.judge.stop_when.prefix import Prefix


@dataclass(frozen=True, slots=True)
class StopCause:
    """A rule holds: the numbers in words, and the trial with the best value."""

    message: str
    trial: int | None = None


@dataclass(frozen=True, slots=True)
class StopRuleKind:
    """One kind. `cause` returns None while the rule does not hold."""

    field: str  # of `api.stop_rules.StopRule`
    reason: str  # of the end
    cause: Callable[[Any, Prefix, Evidence], StopCause | None]

    @property
    def name(self) -> str:
        """The key that users write: `noImprovement`."""
        return wire_name(self.field)
