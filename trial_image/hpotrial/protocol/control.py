"""The control block: how the operator tells the workers of a study to stop, and what their budget is.

The operator writes it to the study attribute `protocol.CONTROL` (`plan.control`). A worker reads it with every claim of
a trial and every few seconds while a trial runs (`lifecycle.control`); `storage.sql` reads single keys of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STOP, MAX_TRIALS, BREAKER_FROM, TIMEOUT_SECONDS = "stop", "maxTrials", "breakerFrom", "timeoutSeconds"
RETRY_ON, MAX_RETRIES = "retryOn", "maxRetries"
STOP_NONE, STOP_DRAIN, STOP_TERMINATE = "None", "Drain", "Terminate"


@dataclass(frozen=True, slots=True)
class ControlBlock:
    """The part of the spec that may change while workers run. The breaker counts trials from `breaker_from` on.

    `retry_on` are exceptions of the user that are worth another attempt, at most `max_retries` for each trial.
    """

    max_trials: int
    stop: str = STOP_NONE
    breaker_from: int = 0
    timeout_seconds: float | None = None
    retry_on: tuple[str, ...] = ()
    max_retries: int = 0

    @classmethod
    def from_json(cls, block: Mapping[str, Any]) -> ControlBlock:
        """Read the attribute's JSON. A block without a budget allows no trial."""
        return cls(
            max_trials=int(block.get(MAX_TRIALS, 0)),
            stop=block.get(STOP, STOP_NONE),
            breaker_from=int(block.get(BREAKER_FROM, 0)),
            timeout_seconds=block.get(TIMEOUT_SECONDS),
            retry_on=tuple(block.get(RETRY_ON) or ()),
            max_retries=int(block.get(MAX_RETRIES, 0)),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the attribute's JSON. It has no key for a time limit or retries that do not exist."""
        limits = {} if self.timeout_seconds is None else {TIMEOUT_SECONDS: self.timeout_seconds}
        retries = {RETRY_ON: list(self.retry_on), MAX_RETRIES: self.max_retries} if self.retry_on else {}
        return {
            STOP: self.stop,
            MAX_TRIALS: self.max_trials,
            BREAKER_FROM: self.breaker_from,
            **limits,
            **retries,
        }

    @property
    def is_stopping(self) -> bool:
        """Workers claim no more trials."""
        return self.stop != STOP_NONE

    @property
    def is_terminating(self) -> bool:
        """Workers end the trial that they run, too."""
        return self.stop == STOP_TERMINATE
