"""The few numbers of a pass that no status has: times, durations of trials, the best of each objective.

`sweeps` keeps them instead of the observation, because the trials of an ended sweep must not stay in memory.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hposweep.api.sweep import Sweep
from hposweep.model.disk_space import DiskSpace, disk_space
from hposweep.model.history import History, Trial
from hposweep.model.observation import Observation
from hposweep.model.trials import Best, Study

# From a function that is cheap to evaluate to a training of days; 30 minutes is a limit that people ask for.
DURATION_BUCKETS_SECONDS = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 21600.0, 86400.0)


@dataclass(frozen=True, slots=True)
class Durations:
    """The finished trials by duration: how many in each bucket (the last has no upper bound), and their sum."""

    counts: tuple[int, ...]
    sum_seconds: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one sweep. `best` is by name of the objective, times are those of the database."""

    best: Mapping[str, float] = field(default_factory=dict)
    improved: datetime | None = None  # when the trial that holds a best value ended, of the latest one
    finished: datetime | None = None  # when the last trial ended
    oldest_running_seconds: float | None = None  # age of the oldest running trial when it was read
    observed: datetime | None = None  # when it was read
    durations: Durations | None = None
    disk: DiskSpace | None = None


def facts(sweep: Sweep, observation: Observation) -> Facts | None:
    """Return the numbers of one pass; None when the study could not be read."""
    study, history = observation.storage.study, observation.history
    if study is None or history is None:
        return None
    ages = [trial.age_seconds for trial in study.running]
    return Facts(
        best=_best(sweep, study),
        improved=_improved(study.best, history),
        finished=history.remember("telemetry.finished", lambda: _latest(history.finished)),
        oldest_running_seconds=max(ages, default=None),
        observed=observation.now,
        durations=history.remember("telemetry.durations", lambda: _durations(history)),
        disk=disk_space(sweep, observation),
    )


def _best(sweep: Sweep, study: Study) -> dict[str, float]:
    goals = sweep.spec.study.objectives
    return {goal.name: best.value for goal, best in zip(goals, study.best.by_objective, strict=False) if best}


def _improved(best: Best, history: History) -> datetime | None:
    numbers = frozenset(entry.number for entry in best.by_objective if entry is not None)
    return history.remember(
        ("telemetry.improved", numbers),
        lambda: _latest(trial for trial in history.trials if trial.number in numbers),
    )


def _latest(trials: Iterable[Trial]) -> datetime | None:
    return max((trial.completed for trial in trials if trial.completed is not None), default=None)


def _durations(history: History) -> Durations:
    seconds = [trial.seconds for trial in history.finished if trial.seconds is not None]
    valid = [max(value, 0.0) for value in seconds if math.isfinite(value)]  # a clock that was set back gives less
    counts = [0] * (len(DURATION_BUCKETS_SECONDS) + 1)
    for value in valid:
        counts[bisect_left(DURATION_BUCKETS_SECONDS, value)] += 1
    return Durations(tuple(counts), math.fsum(valid))
