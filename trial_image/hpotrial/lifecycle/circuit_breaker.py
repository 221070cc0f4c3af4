"""The circuit breaker: no worker starts another trial when the first trials of a study all failed alike.

Nor when the code defines a parameter otherwise than the study does, because every further trial would fail.

Five equal failures at the start have one cause, and further trials would repeat it. The worker that sees the fifth
writes `protocol.BREAKER`. From then on `claim` finds no trial, and the operator reports the failure.
"""

from __future__ import annotations

import json
from contextlib import suppress

from hpotrial import protocol
from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.protocol import requeue
from hpotrial.protocol.breaker import SPACE_CHANGED, BreakerBlock
from hpotrial.protocol.messages import Raised, TrialEnd
from hpotrial.storage import sql
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.space_conflict import SpaceChangedError
from hpotrial.storage.study import StudyHandle

SPACE_CHANGED_KIND = f"{SpaceChangedError.__module__}.{SpaceChangedError.__qualname__}"


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


def is_space_change(end: TrialEnd | None) -> bool:
    """Return whether the trial ended because its code defines a parameter otherwise than earlier trials."""
    return isinstance(end, Raised) and SPACE_CHANGED_KIND in end.kinds


def open_for_space(study: StudyHandle, trial: OwnedTrial, outcome: TrialOutcome) -> bool:
    """Open the breaker and end the trial uncharged; keep an enqueued one in the queue. Waits for the database.

    False, and nothing is written, when the trial had been ended outside this worker.
    """
    block = BreakerBlock(outcome.failure_class, outcome.error, trial.number, outcome.fingerprint, SPACE_CHANGED)
    is_enqueued = requeue.FIXED_PARAMS in study.storage.get_trial_system_attrs(trial.id)
    loss = requeue.Loss(outcome.failure_class, outcome.error)

    def open_once() -> bool:
        with study.connection.transaction():
            run = study.connection.run
            if not requeue.requeue_trial(run, study.id, trial.id, loss, is_retried=is_enqueued):
                return False
            run(sql.SET_BREAKER, {"study": study.id, "value": json.dumps(block.to_json())})
            return True

    study.storage.discard_writes()
    return study.retry_policy.call(study.connection, open_once)


def sentence(block: BreakerBlock) -> str:
    """Return the log line of a worker that finds the breaker open."""
    cause = f"the first {protocol.BREAKER_TRIALS} trials failed alike"
    if block.reason == SPACE_CHANGED:
        cause = "the code and the study define a parameter differently"
    return f"{cause} ({block.failure_class}: {block.error}); no further trials will start until the sweep is resumed"
