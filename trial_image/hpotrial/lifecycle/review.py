"""Let the operator judge a trial before the next one starts, when a rule of `spec.stopWhen` may hold with it.

The operator looks at the study about once a second. Without a pause, the worker that has reached the goal would start a
trial that is not needed and may take hours. Called by `worker` after each trial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.control import read_control
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.protocol.control import Review
from hpotrial.storage import sql
from hpotrial.storage.study import StudyHandle

# Longer than the operator takes, short enough to lose little while it is down.
MAX_WAIT_SECONDS = 10.0
PAUSE_SECONDS = 0.25
_CONSTRAINTS = "constraints"  # Optuna's key, or the prefix of its keys


def await_review(
    study: StudyHandle,
    sweep_uid: str,
    trial: OwnedTrial,
    outcome: TrialOutcome,
    review: Review | None,
    wait: Callable[[float], bool],
    clock: Callable[[], float],
) -> None:
    """Wait until the operator has told the workers to stop or to go on, or for some seconds.

    `review`: as it was when the trial started. `wait` returns True when the worker has to exit. Raises FencedError,
    ProtocolMismatchError, StorageLostError.
    """
    deadline = clock() + MAX_WAIT_SECONDS
    while review is not None and _is_due(study, trial, outcome, review):
        block = read_control(study, sweep_uid).block
        if block.is_stopping or block.review != review:
            review = None if block.is_stopping else block.review
        elif clock() >= deadline or wait(PAUSE_SECONDS):
            return


def _is_due(study: StudyHandle, trial: OwnedTrial, outcome: TrialOutcome, review: Review) -> bool:
    values = outcome.values or ()
    if any(goal.is_reached(values) for goal in review.goals):
        return _is_feasible(study.storage.get_trial(trial.id).system_attrs)
    return review.finished is not None and _count_finished(study) >= review.finished


def _is_feasible(attributes: Mapping[str, Any]) -> bool:
    """Return whether no constraint is broken, as Optuna defines it."""
    entries = [value for key, value in attributes.items() if key.partition(":")[0] == _CONSTRAINTS]
    values = [value for entry in entries for value in (entry if isinstance(entry, list | tuple) else (entry,))]
    return not any(isinstance(value, int | float) and value > 0 for value in values)


def _count_finished(study: StudyHandle) -> int:
    rows = study.retry_policy.call(study.connection, lambda: study.connection.run(sql.FINISHED, {"study": study.id}))
    return int(rows[0][0])
