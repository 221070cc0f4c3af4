"""Durations of trials and the idle time between them, from the last finished ones. Called by `forecast`.

Long trials finish last, so that they are too rare among the first finished ones. As long as the window reaches back to
the first trial, each running trial therefore counts as longer than its age (Kaplan and Meier, 1958).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from hposweep.judge.activity import by_finish, durations_seconds
from hposweep.judge.statistics import quantile
from hposweep.model.history import History
from hpotrial.protocol import WORKER_INDEX

MIN_WINDOW = 20  # finish times
TIMES_WORKERS = 4
PAUSE_SECONDS = 60.0  # a longer gap without trials (and longer than 3 median trials) is a pause of the sweep

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pace:
    """Durations in rising order, weights that add up to 1, and the idle time of a worker between two trials."""

    durations: Floats
    weights: Floats
    between_seconds: float


def pace(history: History, ages: Sequence[float], workers: int, now: datetime) -> Pace | None:
    """Return the pace, or None when no duration is known."""
    window = max(MIN_WINDOW, TIMES_WORKERS * workers)
    finished = [(end.timestamp(), trial.seconds) for end, trial in by_finish(history) if trial.seconds is not None]
    if not finished:  # the finish times are unknown
        durations = durations_seconds(history)[-window:]
        return Pace(*_weighted(durations, ages), 0.0) if durations else None
    ends, seconds = np.array(finished).T
    durations = seconds[-window:]
    starts = np.array([now.timestamp() - age for age in ages])
    idle = _idle_seconds(ends, ends - seconds, starts, window, _workers_then(history, window, workers))
    unfinished = ages if len(finished) <= window else ()
    return Pace(*_weighted(durations, unfinished), max(0.0, idle / len(durations)))


def _weighted(durations: Sequence[float] | Floats, ages: Sequence[float]) -> tuple[Floats, Floats]:
    """Return durations and weights, counting running trials as longer than their age."""
    times = np.sort(np.asarray(durations, float))
    longer = len(times) - np.arange(len(times)) + (np.asarray(ages, float)[:, None] >= times).sum(axis=0)
    survival = np.cumprod(1.0 - 1.0 / longer)
    weights = np.concatenate(([1.0], survival[:-1])) - survival
    # Running trials older than all finished ones count with the age of the oldest.
    longest = max([float(times[-1]), *ages])
    return np.concatenate((times, [longest])), np.concatenate((weights, [survival[-1]]))


def _idle_seconds(ends: Floats, starts: Floats, running_starts: Floats, window: int, workers: int) -> float:
    """Return the idle seconds of workers between the last finish times, without pauses of the whole sweep."""
    first_running = float(running_starts.min()) if len(running_starts) else np.inf
    # The earliest start of all trials that finish at this time or later; before it, no trial ran.
    active_from = np.minimum(np.minimum.accumulate(starts[::-1])[::-1], first_running)
    before = np.concatenate(([active_from[0]], ends[:-1]))
    pauses = np.maximum(active_from - before, 0.0)
    pauses[pauses <= max(PAUSE_SECONDS, 3 * quantile(ends - starts, 0.5))] = 0.0
    since, until = before[-window:][0], ends[-1]
    every_start = np.concatenate((starts, running_starts))
    every_end = np.concatenate((ends, np.full(len(running_starts), np.inf)))
    busy = np.maximum(np.minimum(every_end, until) - np.maximum(every_start, since), 0.0).sum()
    return float(workers * (until - since - pauses[-window:].sum()) - busy)


def _workers_then(history: History, window: int, workers: int) -> int:
    """Return how many workers finished the trials of the window; the present number when it is unknown."""
    indexes = {trial.attributes.get(WORKER_INDEX) for _, trial in by_finish(history)[-window:]}
    return workers if None in indexes or not indexes else len(indexes)
