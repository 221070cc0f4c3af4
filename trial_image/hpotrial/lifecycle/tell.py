"""Tell the study how a trial ended, without overwriting an end that was written outside this worker."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import psycopg2
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.storage import sql
from hpotrial.storage.connection import first_line
from hpotrial.storage.rows import read_trial
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError


def tell(study: StudyHandle, trial: OwnedTrial, outcome: TrialOutcome, identity: WorkerIdentity) -> TrialOutcome:
    """Write the trial's end; return what was written. Waits for the database.

    Raises OwnershipLostError, StorageLostError.
    """
    _end(study, trial, outcome)
    try:
        study.retry_policy.call(study.connection, lambda: _flush(study, trial, outcome, identity))
    except psycopg2.DataError as error:
        # The database refuses a value that the trial wrote, so no retry can succeed. Fail the trial with that error.
        sentence = f"the database refused what the trial wrote: {first_line(error)}"
        outcome = replace(TrialOutcome(TrialState.FAIL), failure_class=protocol.OBJECTIVE_ERROR, error=sentence)
        study.storage.discard_writes()
        _end(study, trial, outcome)
        study.retry_policy.call(study.connection, lambda: _flush(study, trial, outcome, identity))
    return outcome


def _end(study: StudyHandle, trial: OwnedTrial, outcome: TrialOutcome) -> None:
    storage = study.storage
    for key, value in outcome.attributes().items():
        storage.set_own_attr(key, value)
    values = list(outcome.values) if outcome.values is not None else None
    # A sampler may raise after Optuna has stored the result; `hooks` has logged it.
    with suppress(Exception):
        study.optuna_study.tell(trial.optuna_trial, values, state=outcome.state)
    if not storage.get_trial(trial.id).state.is_finished():
        storage.set_trial_state_values(trial.id, outcome.state, values)


def _flush(study: StudyHandle, trial: OwnedTrial, outcome: TrialOutcome, identity: WorkerIdentity) -> None:
    try:
        study.storage.flush()
    except OwnershipLostError:
        # The reply to an earlier flush may have been lost. The row shows whether that flush was committed.
        if not _is_told(study, trial, outcome, identity):
            raise


def _is_told(study: StudyHandle, trial: OwnedTrial, outcome: TrialOutcome, identity: WorkerIdentity) -> bool:
    rows = study.connection.run(sql.TRIAL, {"study": study.id, "trial": trial.id})
    if not rows:
        # A promoted replica may lack the last transactions of its primary.
        raise OwnershipLostError(f"trial {trial.number} no longer exists in the database; its result is dropped")
    stored_trial = read_trial(rows[0])
    has_our_uid = stored_trial.user_attrs.get(protocol.POD_UID, identity.uid) == identity.uid
    # The operator fails a lost worker's trial too, but with a class of its own.
    has_our_outcome = (
        stored_trial.state == outcome.state
        and stored_trial.user_attrs.get(protocol.CLASS, "") == outcome.failure_class
        and (outcome.values is None or tuple(stored_trial.values or ()) == outcome.values)
    )
    if has_our_uid and has_our_outcome:
        return True
    raise OwnershipLostError(
        f"trial {trial.number} was ended as {stored_trial.state.name} outside this worker; its result is dropped"
    )
