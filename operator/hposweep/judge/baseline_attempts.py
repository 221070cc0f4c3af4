"""The attempts of a sweep's baseline trial among the trials of its study. Called by `baseline_trial` and `budget`."""

from __future__ import annotations

import hashlib
import json

from hposweep.judge.phase_input import CHARACTERS
from hposweep.model.history import WAITING, History, Trial
from hpotrial import protocol
from hpotrial.protocol.baseline import BaselineMark


def mark_of(uid: str, attempt: int, current: str, request: str, *, is_counted: bool = True) -> BaselineMark:
    """Return the mark of an attempt. Its key has the uid of the sweep, because studies can be adopted."""
    key = hashlib.sha256(json.dumps([uid, attempt, current, request]).encode()).hexdigest()[:CHARACTERS]
    return BaselineMark(key, attempt, current, request, is_counted)


def attempts(uid: str | None, history: History) -> tuple[tuple[BaselineMark, Trial], ...]:
    """Return the trials of the sweep with this uid that are attempts, with their marks; without one, of any sweep."""
    return history.remember(("baseline trials", uid), lambda: _attempts(uid, history))


def last_attempt(uid: str, history: History) -> tuple[BaselineMark, Trial] | None:
    """Return the latest attempt with its trial, not a corner; after a lost worker, with the trial that repeats it."""
    trials = ((mark, trial) for mark, trial in attempts(uid, history) if not mark.corner)
    return max(trials, key=lambda entry: (entry[0].attempt, entry[1].number), default=None)


def beyond_budget(uid: str | None, history: History) -> int:
    """Return how many trials of attempts do not count against `trials.max`, so that the budget is raised by them.

    An attempt that waits is included. So the number stays the same when a trial is requeued after the loss of its pod.
    """
    trials = attempts(uid, history)
    return sum(not mark.is_counted and (trial.state == WAITING or trial.is_charged) for mark, trial in trials)


def _attempts(uid: str | None, history: History) -> tuple[tuple[BaselineMark, Trial], ...]:
    marks = ((BaselineMark.from_json(trial.attributes.get(protocol.BASELINE)), trial) for trial in history.trials)
    return tuple(
        (mark, trial)
        for mark, trial in marks
        if mark is not None and (uid is None or mark.key == mark_of(uid, mark.attempt, mark.input, mark.request).key)
    )
