"""Telling the study how a trial ended, without ever overwriting what somebody else has told."""

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


def tell(opened: StudyHandle, owned: OwnedTrial, verdict: TrialOutcome, who: WorkerIdentity) -> TrialOutcome:
    """Waits for the database; returns what was told. Raises OwnershipLostError, StorageLostError."""
    _end(opened, owned, verdict)
    try:
        opened.patience.attempt(opened.link, lambda: _flush(opened, owned, verdict, who))
    except psycopg2.DataError as error:
        # Something in it can be written by nobody: the trial fails for it, and says so.
        sentence = f"what the trial wrote was refused by the database: {first_line(error)}"
        verdict = replace(TrialOutcome(TrialState.FAIL), failure_class=protocol.OBJECTIVE_ERROR, error=sentence)
        opened.storage.reopen()
        _end(opened, owned, verdict)
        opened.patience.attempt(opened.link, lambda: _flush(opened, owned, verdict, who))
    return verdict


def _end(opened: StudyHandle, owned: OwnedTrial, verdict: TrialOutcome) -> None:
    storage = opened.storage
    for key, value in verdict.attributes().items():
        storage.note(key, value)
    values = list(verdict.values) if verdict.values is not None else None
    # A sampler may fail after the result is in (Optuna stores the result all the same).
    with suppress(Exception):
        opened.study.tell(owned.trial, values, state=verdict.state)
    if not storage.get_trial(owned.id).state.is_finished():
        storage.set_trial_state_values(owned.id, verdict.state, values)


def _flush(opened: StudyHandle, owned: OwnedTrial, verdict: TrialOutcome, who: WorkerIdentity) -> None:
    try:
        opened.storage.flush()
    except OwnershipLostError:
        # The reply to our own telling may have been lost on its way: the row knows.
        if not _is_told(opened, owned, verdict, who):
            raise


def _is_told(opened: StudyHandle, owned: OwnedTrial, verdict: TrialOutcome, who: WorkerIdentity) -> bool:
    rows = opened.link.run(sql.TRIAL, {"study": opened.id, "trial": owned.id})
    if not rows:
        # A server that took over from another may not have all that the other had confirmed.
        raise OwnershipLostError(f"trial {owned.number} is gone from the database; our result is dropped")
    found = read_trial(rows[0])
    is_by_us = found.user_attrs.get(protocol.POD_UID, who.uid) == who.uid
    # A worker that was given up finds its trial failed too, but with the operator's class on it.
    is_the_same = (
        found.state == verdict.state
        and found.user_attrs.get(protocol.CLASS, "") == verdict.failure_class
        and (verdict.values is None or tuple(found.values or ()) == verdict.values)
    )
    if is_by_us and is_the_same:
        return True
    raise OwnershipLostError(
        f"trial {owned.number} was ended as {found.state.name} by somebody else; our result is dropped"
    )
