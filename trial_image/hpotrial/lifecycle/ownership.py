"""Whose trial it is: signed when it starts, checked with every write, and handed back when its worker must go.

A trial changes hands only by a compare-and-set on its state, so that two who disagree (this worker, its successor, the
operator) never both win.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import optuna

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.protocol import requeue
from hpotrial.storage import sql
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError

NO_TRIAL_ID = -1  # no trial has this id


@dataclass(frozen=True, slots=True)
class OwnedTrial:
    """A RUNNING trial of ours."""

    optuna_trial: optuna.Trial
    attempt: int = 0

    @property
    def id(self) -> int:
        return self.optuna_trial._trial_id

    @property
    def number(self) -> int:
        return self.optuna_trial.number


def signature(identity: WorkerIdentity, image: str) -> dict[str, object]:
    """The attributes that every trial bears from the transaction that starts it."""
    attributes = {
        protocol.POD_NAME: identity.pod,
        protocol.POD_UID: identity.uid,
        protocol.NODE_NAME: identity.node,
        protocol.WORKER_INDEX: identity.index,
        protocol.IMAGE: image,
    }
    return {key: value for key, value in attributes.items() if value != ""}


def requeue_orphaned_trials(study: StudyHandle, identity: WorkerIdentity, except_trial_id: int = NO_TRIAL_ID) -> int:
    """Put back what an outage made this worker ask for unawares: all that bears its uid, but the trial that it runs.

    Raises ConnectionLostError.
    """
    if not identity.uid:
        return 0
    parameters = {"study": study.id, "uid": json.dumps(identity.uid), "trial": except_trial_id}
    return len(study.connection.run(sql.REQUEUE_ORPHANED_TRIALS, parameters))


def requeue_trial(study: StudyHandle, trial: OwnedTrial, failure_class: str, is_retried: bool) -> bool:
    """End the trial uncharged and, when it shall be tried again, enqueue a copy of it: both or neither.

    Waits for the database. False when somebody else had ended it: then nothing is written.
    """

    def requeue_once() -> bool:
        try:
            study.storage.flush()  # the copy is made of what the database knows
        except OwnershipLostError:
            return False
        with study.connection.transaction():
            loss = requeue.Loss(failure_class)
            return requeue.requeue_trial(study.connection.run, study.id, trial.id, loss, is_retried=is_retried)

    return study.retry_policy.call(study.connection, requeue_once)


def was_reaped(study: StudyHandle, trial: OwnedTrial) -> bool:
    """Has the operator ended the trial, because it takes this worker for gone? A person who ends one gives no class.

    Waits for the database.
    """
    parameters = {"study": study.id, "trial": trial.id}
    rows = study.retry_policy.call(study.connection, lambda: study.connection.run(sql.TRIAL, parameters))
    return bool(rows) and protocol.CLASS in (rows[0][8] or {})
