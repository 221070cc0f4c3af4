"""The contrast mark: which pair a trial belongs to, and which side of it the trial is.

The operator writes it to the trial attribute `protocol.CONTRAST` when it enqueues a pair (`plan.contrast`) and reads it
when it compares the sides (`judge.criteria.pairs`). A worker never prunes a trial that bears it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PARAMETER, PAIR, ORIGIN, VALUE = "parameter", "pair", "of", "value"


@dataclass(frozen=True, slots=True)
class ContrastMark:
    """One side of a pair. Both sides have the parameters of the trial `origin`, except for `parameter`."""

    parameter: str | None
    pair: int | None
    origin: int | None
    value: Any

    @classmethod
    def from_json(cls, mark: Any) -> ContrastMark | None:
        """Read the attribute's JSON; None when it is no object, as in a study that others write to."""
        if not isinstance(mark, Mapping):
            return None
        return cls(mark.get(PARAMETER), mark.get(PAIR), mark.get(ORIGIN), mark.get(VALUE))

    def to_json(self) -> dict[str, Any]:
        """Return the attribute's JSON."""
        return {PARAMETER: self.parameter, PAIR: self.pair, ORIGIN: self.origin, VALUE: self.value}
