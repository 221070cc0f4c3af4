"""How long trials take and what lies between them, from the last ones that finished. For `forecast`.

Long trials finish last, so that among the first finished ones they are too few. As long as the window reaches back to
the first trial, each running one therefore counts as one that takes longer than its age (Kaplan and Meier, 1958).
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

LEAST_WINDOW = 20  # finish times
TIMES_WORKERS = 4
PAUSE_SECONDS = 60.0  # nothing ran for longer than this, and than 3 usual trials: a pause, not a pace

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pace:
    """Durations in rising order, weights that add up to 1, and what a worker waits between two trials."""

    durations: Floats
    weights: Floats
    between_seconds: float


def pace(history: History, ages: Sequence[float], workers: int, now: datetime) -> Pace | None:
    """None when nothing tells how long trials take."""
    window = max(LEAST_WINDOW, TIMES_WORKERS * workers)
    done = [(end.timestamp(), trial.seconds) for end, trial in by_finish(history) if trial.seconds is not None]
    if not done:  # nobody wrote down when they finished
        durations = durations_seconds(history)[-window:]
        return Pace(*_weighted(durations, ages), 0.0) if durations else None
    ends, seconds = np.array(done).T
    durations = seconds[-window:]
    starts = np.array([now.timestamp() - age for age in ages])
    idle = _idle_seconds(ends, ends - seconds, starts, window, _workers_then(history, window, workers))
    unfinished = ages if len(done) <= window else ()
    return Pace(*_weighted(durations, unfinished), max(0.0, idle / len(durations)))


def _weighted(durations: Sequence[float] | Floats, ages: Sequence[float]) -> tuple[Floats, Floats]:
    """Each duration's share when those that run are counted as longer than their age."""
    times = np.sort(np.asarray(durations, float))
    longer = len(times) - np.arange(len(times)) + (np.asarray(ages, float)[:, None] >= times).sum(axis=0)
    survival = np.cumprod(1.0 - 1.0 / longer)
    weights = np.concatenate(([1.0], survival[:-1])) - survival
    # Those older than all are as long as the oldest is now, as far as anybody knows.
    longest = max([float(times[-1]), *ages])
    return np.concatenate((times, [longest])), np.concatenate((weights, [survival[-1]]))


def _idle_seconds(ends: Floats, starts: Floats, running_starts: Floats, window: int, workers: int) -> float:
    """In which a worker had no trial, between the last finish times; a pause of the whole sweep is none of it."""
    first_running = float(running_starts.min()) if len(running_starts) else np.inf
    # Earliest start of all that finish at this time or later: before it nothing ran that could have finished.
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
    """How many finished the trials of the window; as many as now when nobody wrote it down."""
    seen = {trial.attributes.get(WORKER_INDEX) for _, trial in by_finish(history)[-window:]}
    return workers if None in seen or not seen else len(seen)
