"""A condition before it has a time: what `conditions` says, and how it becomes an entry of the status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hposweep.api.conditions import Condition
from hposweep.text import truncate

MESSAGE_LIMIT = 4096  # characters; the schema allows 32,768, but people have to read it


@dataclass(frozen=True, slots=True)
class Words:
    """Type, status, reason and sentence."""

    type: str
    status: str
    reason: str
    message: str

    def at(self, now: datetime, generation: int, before: Condition | None) -> Condition:
        """The entry; its transition time moves only when the status flips."""
        flipped = before is None or before.status != self.status
        return Condition(
            type=self.type,
            status=self.status,
            reason=self.reason,
            message=truncate(self.message, MESSAGE_LIMIT),
            observed_generation=generation,
            last_transition_time=now if before is None or flipped else before.last_transition_time,
        )
