"""Ownership of a trial: signed when it starts, checked with every write, ended by a requeue when its worker must exit.

A trial's state changes only by compare-and-set, so of two processes that disagree (this worker, its successor, the
operator) only one succeeds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import optuna

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.failures.classify import TrialOutcome
from hpotrial.objective.code_version import CodeVersion
from hpotrial.protocol import requeue
from hpotrial.storage import sql
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError

NO_TRIAL_ID = -1  # no trial has this id


@dataclass(frozen=True, slots=True)
class OwnedTrial:
    """A RUNNING trial that this worker owns."""

    optuna_trial: optuna.Trial
    attempt: int = 0

    @property
    def id(self) -> int:
        return self.optuna_trial._trial_id

    @property
    def number(self) -> int:
        return self.optuna_trial.number


def signature(identity: WorkerIdentity, image: str, source: CodeVersion) -> dict[str, object]:
    """Return the attributes that a trial gets in the transaction that starts it."""
    attributes = {
        protocol.POD_NAME: identity.pod,
        protocol.POD_UID: identity.uid,
        protocol.NODE_NAME: identity.node,
        protocol.WORKER_INDEX: identity.index,
        protocol.IMAGE: image,
        protocol.CODE: source.code,
        protocol.COMMIT: source.commit,
    }
    gpus = {protocol.GPUS: identity.gpus} if identity.gpus else {}
    return {**{key: value for key, value in attributes.items() if value != ""}, **gpus}


def record_image(study: StudyHandle, trial: OwnedTrial, images: Mapping[str, str]) -> None:
    """Record the image's digest on a trial that began before the operator knew it. `images`: digests by pod uid."""
    attributes = trial.optuna_trial.user_attrs
    digest = images.get(str(attributes.get(protocol.POD_UID)))
    if digest and digest != attributes.get(protocol.IMAGE):
        study.storage.set_own_attr(protocol.IMAGE, digest)


def requeue_orphaned_trials(study: StudyHandle, identity: WorkerIdentity, except_trial_id: int = NO_TRIAL_ID) -> int:
    """Requeue trials that this worker started without learning of it; return how many.

    These are all RUNNING trials with its pod's uid, except the current one. Raises ConnectionLostError.
    """
    if not identity.uid:
        return 0
    parameters = {"study": study.id, "uid": json.dumps(identity.uid), "trial": except_trial_id}
    return len(study.connection.run(sql.REQUEUE_ORPHANED_TRIALS, parameters))


def requeue_trial(
    study: StudyHandle, trial: OwnedTrial, failure_class: str, *, is_retried: bool, error: str = "", retries: int = 0
) -> bool:
    """End the trial uncharged and, when `is_retried`, enqueue a copy of it, in one transaction.

    Waits for the database. False, and nothing is written, when the trial had been ended outside this worker.
    """

    def requeue_once() -> bool:
        try:
            study.storage.flush()  # because the copy is made from the database's rows
        except OwnershipLostError:
            return False
        with study.connection.transaction():
            loss = requeue.Loss(failure_class, error)
            return requeue.requeue_trial(
                study.connection.run, study.id, trial.id, loss, is_retried=is_retried, retries=retries
            )

    return study.retry_policy.call(study.connection, requeue_once)


def retry_trial(study: StudyHandle, trial: OwnedTrial, outcome: TrialOutcome) -> bool:
    """Fail the trial uncharged, with its outcome as it was, and enqueue a copy, which takes one of its retries.

    Waits for the database. False, and nothing is written, when the trial had been ended outside this worker.
    """
    for key, value in outcome.attributes().items():
        study.storage.set_own_attr(key, value)
    return requeue_trial(study, trial, outcome.failure_class, is_retried=True, error=outcome.error, retries=1)


def was_reaped(study: StudyHandle, trial: OwnedTrial) -> bool:
    """Return whether the operator failed the trial because it took this worker for lost.

    Only the operator sets a failure class; a user who ends a trial does not. Waits for the database.
    """
    parameters = {"study": study.id, "trial": trial.id}
    rows = study.retry_policy.call(study.connection, lambda: study.connection.run(sql.TRIAL, parameters))
    return bool(rows) and protocol.CLASS in (rows[0][8] or {})
