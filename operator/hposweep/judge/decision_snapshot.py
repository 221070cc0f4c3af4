"""What a decision point looks at: the trials as they stood at its moment. Called by `decisions` and `next_check`.

The moment is worked out from the trials themselves, not from when somebody looks: a pass that comes late, one after a
restart and a replay of the finished study all find the same trials.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hposweep.api.decisions import Trigger
from hposweep.model.history import RUNNING, WAITING, History, Trial

_ROUNDING = 1e-9  # 0.07 of 100 trials are 7, whatever binary fractions say


@dataclass(frozen=True, slots=True)
class Course:
    """How far a sweep has come, apart from its trials. `ages`: seconds that running trials have taken, by number."""

    most: int  # `trials.max`
    gpus: int  # that each running trial holds
    start: datetime | None
    now: datetime
    ages: Mapping[int, float] = field(default_factory=dict)


def trials_at(at: Trigger, most: int) -> int | None:
    """How many finished trials it waits for; None when it waits for time."""
    if at.fraction is not None:
        return math.ceil(at.fraction * most - _ROUNDING)
    return at.trials


def history_at(at: Trigger, history: History, course: Course) -> History | None:
    """Only the trials that it looks at; None before its moment."""
    wanted = trials_at(at, course.most)
    if wanted is not None:
        return _first(history, wanted)
    moment = _moment(at, history, course)
    return _until(history, moment) if moment is not None and moment <= course.now else None


def gpu_seconds(history: History, course: Course) -> float:
    """Used up so far, also by trials that are not charged: the GPUs were theirs all the same."""
    return course.gpus * sum((end - begin).total_seconds() for begin, end in _spans(history, course))


def _first(history: History, wanted: int) -> History | None:
    """The smallest prefix with so many finished trials in which none is still to end: nothing can change it later."""
    finished = 0
    for trial in history.trials:
        if trial.state in (RUNNING, WAITING):
            return None
        finished += trial.is_finished
        if trial.is_finished and finished >= wanted:
            return history.before(trial.number + 1)
    return None


def _until(history: History, moment: datetime) -> History:
    ended = ((trial, trial.completed) for trial in history.trials)
    return History(tuple(trial for trial, completed in ended if completed is not None and completed <= moment))


def _moment(at: Trigger, history: History, course: Course) -> datetime | None:
    if at.seconds is not None:
        return None if course.start is None else course.start + timedelta(seconds=at.seconds)
    if at.gpu_seconds is None or not course.gpus or gpu_seconds(history, course) < at.gpu_seconds:
        return None
    return _when_used_up(at.gpu_seconds / course.gpus, sorted(_changes(history, course)))


def _when_used_up(seconds: float, changes: list[tuple[datetime, int]]) -> datetime | None:
    """When trials have run for so long, all together. `changes`: of how many run, in the order of time."""
    running, used = 0, 0.0
    before: datetime | None = None
    for time, change in changes:
        passed = (time - before).total_seconds() * running if before is not None else 0.0
        if before is not None and running and used + passed >= seconds:
            return before + timedelta(seconds=(seconds - used) / running)
        running, used, before = running + change, used + passed, time
    return before


def _changes(history: History, course: Course) -> Iterator[tuple[datetime, int]]:
    for begin, end in _spans(history, course):
        yield begin, 1
        yield end, -1


def _spans(history: History, course: Course) -> Iterator[tuple[datetime, datetime]]:
    """From when to when each trial ran. One of which nobody wrote down the end cannot be placed."""
    for trial in history.trials:
        seconds = _seconds(trial, course)
        end = course.now if trial.state == RUNNING else trial.completed
        if seconds is not None and end is not None:
            yield end - timedelta(seconds=seconds), end


def _seconds(trial: Trial, course: Course) -> float | None:
    """A history keeps the age that a running trial had when it was read; `ages` are those of now."""
    return course.ages.get(trial.number, trial.seconds) if trial.state == RUNNING else trial.seconds
