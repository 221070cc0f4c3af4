"""Let the operator judge a trial before the next one starts, when the sweep may end with it.

The rules are those of `spec.stopWhen` and `spec.trials.maxFailed`.

The operator looks at the study about once a second. Without a pause, the worker that has reached the goal would start a
trial that is not needed and may take hours. Called by `worker` after each trial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optuna.trial import TrialState

from hpotrial.failures.classify import TrialOutcome
from hpotrial.lifecycle.control import read_control
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.protocol.control import Review
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.trial_counter import TrialCounter

# Longer than the operator takes, short enough to lose little while it is down.
MAX_WAIT_SECONDS = 10.0
PAUSE_SECONDS = 0.25
_CONSTRAINTS = "constraints"  # Optuna's key, or the prefix of its keys


class ReviewWait:
    """The wait of one worker. `wait` returns True when the worker has to exit."""

    def __init__(
        self, study: StudyHandle, sweep_uid: str, wait: Callable[[float], bool], clock: Callable[[], float]
    ) -> None:
        self._study, self._sweep_uid, self._wait, self._clock = study, sweep_uid, wait, clock
        self._counter = TrialCounter(study.id)

    def await_review(self, trial: OwnedTrial, outcome: TrialOutcome, review: Review | None) -> None:
        """Wait until the operator has told the workers to stop or to go on, or for some seconds.

        `review`: as it was when the trial started. Raises FencedError, ProtocolMismatchError, StorageLostError.
        """
        deadline = self._clock() + MAX_WAIT_SECONDS
        while review is not None and self._is_due(trial, outcome, review):
            block = read_control(self._study, self._sweep_uid).block
            if block.is_stopping or block.review != review:
                review = None if block.is_stopping else block.review
            elif self._clock() >= deadline or self._wait(PAUSE_SECONDS):
                return

    def _is_due(self, trial: OwnedTrial, outcome: TrialOutcome, review: Review) -> bool:
        if self._has_reached_a_goal(trial, outcome.values or (), review):
            return True
        if not self._may_be_due(outcome, review):
            return False
        counts = self._study.retry_policy.call(
            self._study.connection, lambda: self._counter.count(self._study.connection)
        )
        is_patience_used_up = review.finished is not None and counts.finished >= review.finished
        return is_patience_used_up or review.has_too_many_failures(*counts)

    def _has_reached_a_goal(self, trial: OwnedTrial, values: Sequence[float], review: Review) -> bool:
        goals = [goal for goal in review.goals if goal.is_reached(values)]
        if not goals:
            return False
        record = self._study.storage.get_trial(trial.id)
        return _is_feasible(record.system_attrs) and any(goal.is_for(record.params) for goal in goals)

    def _may_be_due(self, outcome: TrialOutcome, review: Review) -> bool:
        """Return whether to count: a success exceeds a limit of failures only with the limit's first trials."""
        if review.finished is not None:
            return True
        if outcome.state == TrialState.FAIL:
            return bool(review.failures) or review.max_failed is not None
        return any(self._counter.counts.finished < limit.min_trials for limit in review.failures)


def _is_feasible(attributes: Mapping[str, Any]) -> bool:
    """Return whether no constraint is broken, as Optuna defines it."""
    entries = [value for key, value in attributes.items() if key.partition(":")[0] == _CONSTRAINTS]
    values = [value for entry in entries for value in (entry if isinstance(entry, list | tuple) else (entry,))]
    return not any(isinstance(value, int | float) and value > 0 for value in values)
