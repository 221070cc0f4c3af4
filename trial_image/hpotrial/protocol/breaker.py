"""The breaker block: why no worker claims another trial of the study.

The worker that sees the first trials fail alike, or a parameter that the study defines otherwise, writes it to the
study attribute `protocol.BREAKER` (`lifecycle.circuit_breaker`). The operator reads it for the sweep's conditions
(`database.study`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FINGERPRINT, FAILURE_CLASS, ERROR, TRIAL, REASON = "fingerprint", "class", "error", "trial", "reason"
SPACE_CHANGED = "SpaceChanged"


@dataclass(frozen=True, slots=True)
class BreakerBlock:
    """The failure that opened the breaker; `trial` is the number of the last trial that failed with it.

    `reason` is empty when the first trials failed alike, or SPACE_CHANGED.
    """

    failure_class: str = ""
    error: str = ""
    trial: int = 0
    fingerprint: str = ""
    reason: str = ""

    @classmethod
    def from_json(cls, block: Mapping[str, Any]) -> BreakerBlock:
        """Read the attribute's JSON; keys may be missing."""
        return cls(
            failure_class=block.get(FAILURE_CLASS, ""),
            error=block.get(ERROR, ""),
            trial=block.get(TRIAL, 0),
            fingerprint=block.get(FINGERPRINT, ""),
            reason=block.get(REASON, ""),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the attribute's JSON."""
        block = {
            FINGERPRINT: self.fingerprint,
            FAILURE_CLASS: self.failure_class,
            ERROR: self.error,
            TRIAL: self.trial,
        }
        return {**block, REASON: self.reason} if self.reason else block
