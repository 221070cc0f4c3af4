"""Retries of trials that failed by an exception of the user's choice (`spec.trials.retryOn`). Called by `worker`."""

from __future__ import annotations

from collections.abc import Sequence

from hpotrial import protocol
from hpotrial.failures import patterns
from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.protocol.messages import Exited, Raised, TrialEnd


def exception_of(end: TrialEnd, outcome: TrialOutcome, names: Sequence[str]) -> str:
    """Return the entry of `retryOn` by which the trial failed; empty when there is none.

    Of a program that exited with an error, the last lines of its output tell the exception.
    """
    if not names:
        return ""
    match end:
        case Raised():
            return end.retry_on
        case Exited(_, exit_code) if exit_code > 0:
            return patterns.exception_in(outcome.log_tail, names)
        case _:
            return ""


def number_of(trial: OwnedTrial) -> int:
    """Return how many of its retries the trial has had."""
    return int(trial.optuna_trial.user_attrs.get(protocol.RETRIES, 0))
