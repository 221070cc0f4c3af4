"""A condition without its times, and how it becomes an entry of the status. Built by `conditions` and its helpers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hposweep.api.conditions import Condition
from hposweep.text import printable, truncate

MESSAGE_LIMIT = 4096  # characters; the schema allows 32,768, but people have to read it


@dataclass(frozen=True, slots=True)
class ConditionDraft:
    """Type, status, reason and message."""

    type: str
    status: str
    reason: str
    message: str

    def stamp(self, now: datetime, generation: int, before: Condition | None) -> Condition:
        """Return the entry of the status; its transition time moves only when the status flips."""
        has_flipped = before is None or before.status != self.status
        return Condition(
            type=self.type,
            status=self.status,
            reason=self.reason,
            message=truncate(printable(self.message), MESSAGE_LIMIT),
            observed_generation=generation,
            last_transition_time=now if before is None or has_flipped else before.last_transition_time,
        )
