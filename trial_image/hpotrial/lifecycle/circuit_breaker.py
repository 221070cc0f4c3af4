"""The circuit breaker: no worker starts another trial when the first trials of a study all failed alike.

Five equal failures at the start have one cause, and further trials would repeat it. The worker that sees the fifth
writes `protocol.BREAKER`. From then on `claim` finds no trial, and the operator reports the failure.
"""

from __future__ import annotations

import json
from contextlib import suppress

from hpotrial import protocol
from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.protocol.breaker import BreakerBlock
from hpotrial.storage import sql
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.study import StudyHandle


class CircuitBreaker:
    """Per-worker view of the circuit breaker."""

    def __init__(self, study: StudyHandle) -> None:
        self._study = study
        self._has_passed = False  # a trial has succeeded, so the breaker can no longer open

    def record_outcome(self, trial: OwnedTrial, outcome: TrialOutcome, first_number: int) -> bool:
        """Return whether this outcome opened the breaker. When the database is down, the next failure checks again."""
        if not outcome.failure_class:
            self._has_passed = True
        if self._has_passed:
            return False
        block = BreakerBlock(outcome.failure_class, outcome.error, trial.number, outcome.fingerprint)
        parameters = {
            "study": self._study.id,
            "first": first_number,
            "fingerprint": json.dumps(outcome.fingerprint),
            "value": json.dumps(block.to_json()),
        }
        with suppress(ConnectionLostError):
            is_open, self._has_passed = self._study.connection.run(sql.OPEN_BREAKER, parameters)[0]
            return bool(is_open)
        return False


def sentence(block: BreakerBlock) -> str:
    """Return the log line of a worker that finds the breaker open."""
    return (
        f"the first {protocol.BREAKER_TRIALS} trials failed alike ({block.failure_class}: {block.error}); "
        "no further trials will start until the sweep is resumed"
    )
