"""The trials as they were when a decision point was reached. Called by `decisions` and `next_check`.

That moment is computed from the trials themselves, not from the time of the pass. Therefore a late pass, a pass after a
restart and a replay of the finished study all see the same trials.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hposweep.api.decisions import Trigger
from hposweep.model.history import RUNNING, WAITING, History, Trial

_ROUNDING = 1e-9  # 0.07 of 100 trials are 7, although 0.07 * 100 is a little more in floating point


@dataclass(frozen=True, slots=True)
class SweepProgress:
    """The progress of a sweep apart from its trials. `ages`: seconds that running trials have taken, by number."""

    max_trials: int  # `trials.max`
    gpus: float  # that each running trial holds
    start: datetime | None
    now: datetime
    ages: Mapping[int, float] = field(default_factory=dict)


def trials_at(at: Trigger, max_trials: int) -> int | None:
    """Return how many finished trials the trigger waits for; None when it waits for time."""
    if at.fraction is not None:
        return math.ceil(at.fraction * max_trials - _ROUNDING)
    return at.trials


def history_at(at: Trigger, history: History, progress: SweepProgress) -> History | None:
    """Return the trials that the decision looks at; None before it is reached."""
    min_finished = trials_at(at, progress.max_trials)
    if min_finished is not None:
        return _prefix(history, min_finished)
    moment = _moment(at, history, progress)
    return _until(history, moment) if moment is not None and moment <= progress.now else None


def gpu_seconds(history: History, progress: SweepProgress) -> float:
    """Return the GPU seconds used so far, including trials that are not charged, because they held GPUs as well."""
    return progress.gpus * sum((end - begin).total_seconds() for begin, end in _spans(history, progress))


def _prefix(history: History, min_finished: int) -> History | None:
    """Return the smallest prefix with that many finished trials in which no trial is left to end."""
    finished = 0
    for trial in history.trials:
        if trial.state in (RUNNING, WAITING):
            return None
        finished += trial.is_finished
        if trial.is_finished and finished >= min_finished:
            return history.before(trial.number + 1)
    return None


def _until(history: History, moment: datetime) -> History:
    ended = ((trial, trial.completed) for trial in history.trials)
    return History(tuple(trial for trial, completed in ended if completed is not None and completed <= moment))


def _moment(at: Trigger, history: History, progress: SweepProgress) -> datetime | None:
    if at.seconds is not None:
        return None if progress.start is None else progress.start + timedelta(seconds=at.seconds)
    if at.gpu_seconds is None or not progress.gpus or gpu_seconds(history, progress) < at.gpu_seconds:
        return None
    return _time_of_use(at.gpu_seconds / progress.gpus, sorted(_changes(history, progress)))


def _time_of_use(seconds: float, changes: list[tuple[datetime, int]]) -> datetime | None:
    """Return when trials had run for that long in total. `changes`: of the number of running trials, by time."""
    running, total = 0, 0.0
    previous: datetime | None = None
    for time, change in changes:
        step = (time - previous).total_seconds() * running if previous is not None else 0.0
        if previous is not None and running and total + step >= seconds:
            return previous + timedelta(seconds=(seconds - total) / running)
        running, total, previous = running + change, total + step, time
    return previous


def _changes(history: History, progress: SweepProgress) -> Iterator[tuple[datetime, int]]:
    for begin, end in _spans(history, progress):
        yield begin, 1
        yield end, -1


def _spans(history: History, progress: SweepProgress) -> Iterator[tuple[datetime, datetime]]:
    """Yield start and end of each trial whose end is known."""
    for trial in history.trials:
        seconds = _seconds(trial, progress)
        end = progress.now if trial.state == RUNNING else trial.completed
        if seconds is not None and end is not None:
            yield end - timedelta(seconds=seconds), end


def _seconds(trial: Trial, progress: SweepProgress) -> float | None:
    """Return the trial's duration; `ages` are newer than the history, which keeps those of when it was read."""
    return progress.ages.get(trial.number, trial.seconds) if trial.state == RUNNING else trial.seconds
