"""Telling the study how a trial ended, without ever overwriting what somebody else has told."""

from __future__ import annotations

from optuna.trial import TrialState

from hpotrial import contract
from hpotrial.failure import Verdict
from hpotrial.ownership import OwnedTrial, note
from hpotrial.storage import FencedError, Storage, is_lost_connection


def tell(storage: Storage, owned: OwnedTrial, verdict: Verdict) -> None:
    """FencedError: the trial was ended by somebody else."""
    if verdict.state == TrialState.FAIL:
        note(storage, owned, {contract.CLASS: verdict.failure_class, contract.ERROR: verdict.error})
    values = list(verdict.values) if verdict.values is not None else None

    def tell_once() -> None:
        try:
            storage.study.tell(owned.trial, values, state=verdict.state)
        except Exception as error:
            # A sampler may fail after the result is in, and a reply may be lost on its way: the row knows.
            if is_lost_connection(error) or not _is_told(storage, owned, verdict):
                raise

    try:
        storage.attempt(tell_once)
    except KeyError as error:
        raise FencedError(f"trial {owned.number} is gone from the database") from error


def _is_told(storage: Storage, owned: OwnedTrial, verdict: Verdict) -> bool:
    found = storage.study._storage.get_trial(owned.id)
    if not found.state.is_finished():
        return False
    if found.state != verdict.state or (verdict.values is not None and tuple(found.values) != verdict.values):
        raise FencedError(
            f"trial {owned.number} was ended as {found.state.name} by somebody else; our result is dropped"
        )
    return True
