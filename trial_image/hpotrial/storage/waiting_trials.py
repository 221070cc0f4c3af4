"""Trials that an objective enqueues, kept until the database has them. Used by `study_storage`.

Each has a token, because the reply to an insert may be lost: a trial that was sent before is looked for first.
"""

from __future__ import annotations

import json
import uuid

from optuna.trial import FrozenTrial

from hpotrial import protocol
from hpotrial.protocol.requeue import as_text
from hpotrial.storage import sql
from hpotrial.storage.connection import Connection, ConnectionLostError

NO_TRIAL_ID = -1  # no trial has this id
MAX_WAITING_TRIALS = 1000  # in the queue of a study, because every claim and every read passes over them


class QueueFullError(RuntimeError):
    """More trials are waiting than any sweep needs."""


class WaitingTrials:
    """Pending trials, in order."""

    def __init__(self, study_id: int) -> None:
        self._study_id = study_id
        self._pending: list[tuple[str, str]] = []  # the token and the JSON of the attributes
        self._sent: set[str] = set()

    def add(self, trial: FrozenTrial) -> None:
        token = uuid.uuid4().hex
        user = {**trial.user_attrs, protocol.USER_ATTRIBUTES: sorted(trial.user_attrs), protocol.ENQUEUE_ID: token}
        item = {"user": json.loads(as_text(user)), "system": json.loads(as_text(trial.system_attrs))}
        self._pending.append((json.dumps(token), json.dumps([item])))

    def flush(self, connection: Connection) -> int:
        """Insert what is pending; return the last trial's id. Raises ConnectionLostError, and then keeps the rest."""
        trial_id = NO_TRIAL_ID
        while self._pending:
            token, trials = self._pending[0]
            parameters = {"study": self._study_id, "trials": trials, "token": token}
            try:
                self._check_length(connection)
                rows = connection.run(sql.ENQUEUED, parameters) if token in self._sent else []
                self._sent.add(token)
                trial_id = (rows or connection.run(sql.ENQUEUE, parameters))[0][0]
            except ConnectionLostError:
                raise
            except BaseException:  # the database refuses it, also when it is sent again
                self._drop_first()
                raise
            self._drop_first()
        return trial_id

    def _check_length(self, connection: Connection) -> None:
        waiting = connection.run(sql.WAITING, {"study": self._study_id})[0][0]
        if waiting >= MAX_WAITING_TRIALS:
            raise QueueFullError(
                f"trial.study.enqueue_trial: {waiting} trials are waiting (at most {MAX_WAITING_TRIALS}). "
                "Enqueue fewer, or enqueue them from later trials"
            )

    def _drop_first(self) -> None:
        token, _ = self._pending.pop(0)
        self._sent.discard(token)
