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

NONE = -1  # no trial has this id


@dataclass(frozen=True, slots=True)
class OwnedTrial:
    """A RUNNING trial of ours."""

    trial: optuna.Trial
    attempt: int = 0

    @property
    def id(self) -> int:
        return self.trial._trial_id

    @property
    def number(self) -> int:
        return self.trial.number


def signature(who: WorkerIdentity, image: str) -> dict[str, object]:
    """The attributes that every trial bears from the transaction that starts it."""
    signed = {
        protocol.POD_NAME: who.pod,
        protocol.POD_UID: who.uid,
        protocol.NODE_NAME: who.node,
        protocol.WORKER_INDEX: who.index,
        protocol.IMAGE: image,
    }
    return {key: value for key, value in signed.items() if value != ""}


def requeue_orphaned_trials(opened: StudyHandle, who: WorkerIdentity, but: int = NONE) -> int:
    """Put back what an outage made this worker ask for unawares: all that bears its uid, but the trial that it runs.

    Raises ConnectionLostError.
    """
    if not who.uid:
        return 0
    parameters = {"study": opened.id, "uid": json.dumps(who.uid), "trial": but}
    return len(opened.link.run(sql.REQUEUE_ORPHANED_TRIALS, parameters))


def requeue_trial(opened: StudyHandle, owned: OwnedTrial, failure_class: str, again: bool) -> bool:
    """End the trial uncharged and, when it shall be tried again, enqueue a copy of it: both or neither.

    Waits for the database. False when somebody else had ended it: then nothing is written.
    """

    def give() -> bool:
        try:
            opened.storage.flush()  # the copy is made of what the database knows
        except OwnershipLostError:
            return False
        with opened.link.transaction():
            loss = requeue.Loss(failure_class)
            return requeue.requeue_trial(opened.link.run, opened.id, owned.id, loss, again=again)

    return opened.patience.attempt(opened.link, give)


def was_reaped(opened: StudyHandle, owned: OwnedTrial) -> bool:
    """Has the operator ended the trial, because it takes this worker for gone? A person who ends one gives no class.

    Waits for the database.
    """
    parameters = {"study": opened.id, "trial": owned.id}
    rows = opened.patience.attempt(opened.link, lambda: opened.link.run(sql.TRIAL, parameters))
    return bool(rows) and protocol.CLASS in (rows[0][8] or {})
