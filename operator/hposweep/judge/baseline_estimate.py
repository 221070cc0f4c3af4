"""The forecast of a sweep from one trial: its time, its GPU hours, and limits that these contradict.

`baseline_trial` tells it with the result, `judge` uses it as the time left until five trials have finished.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hposweep.api.sweep import Sweep
from hposweep.model.verdicts import Eta
from hposweep.text import count, duration, number

# One trial says nothing of how trials differ, so the interval is from half to twice its time.
LOW, HIGH = 0.5, 2.0
NEAR_TIMEOUT = 0.8  # of `trials.timeoutSeconds`: trials that differ a little more would be ended


@dataclass(frozen=True, slots=True)
class Estimate:
    """Trials that are left, the duration of each, and the GPUs of a worker."""

    trials: int
    trial_seconds: float
    workers: int
    gpus: float

    @property
    def time(self) -> Eta:
        """Seconds until the last trial ends, when all workers run side by side."""
        return time_of(self.trials, self.trial_seconds, self.workers)

    @property
    def gpu_seconds(self) -> float:
        return self.trials * self.trial_seconds * self.gpus

    def sentence(self) -> str:
        """Return the estimate in one sentence, without its full stop."""
        time = self.time
        interval = f"{duration(time.low_seconds)} to {duration(time.high_seconds)}"
        gpus = f", {number(round(self.gpu_seconds / 3600, 2))} GPU hours" if self.gpus else ""
        left = f"{count(self.trials, 'trial')} on {count(self.workers, 'worker')}"
        return f"At this pace {left} take about {duration(time.seconds)} ({interval}){gpus}"


def time_of(trials: int, trial_seconds: float, workers: int) -> Eta:
    """Return the time that trials of this duration take, `workers` of them side by side."""
    seconds = math.ceil(trials / workers) * trial_seconds
    return Eta(seconds, LOW * seconds, HIGH * seconds)


def estimate(sweep: Sweep, trial_seconds: float | None, finished: int, gpus: float) -> Estimate | None:
    """Return the estimate; None without a duration, a worker, or a trial that is left. `gpus`: of each worker."""
    left, workers = sweep.spec.trials.max - finished, sweep.spec.workers.replicas
    if trial_seconds is None or workers < 1 or left < 1:
        return None
    return Estimate(left, trial_seconds, min(workers, left), gpus)


def contradictions(sweep: Sweep, forecast: Estimate) -> Iterator[str]:
    """Yield a sentence for each limit that even half of the estimate exceeds, and for a time limit that is near."""
    budget, timeout = sweep.spec.budget, sweep.spec.trials.timeout_seconds
    least, least_gpu_seconds = forecast.time.low_seconds, LOW * forecast.gpu_seconds
    for field, limit in (
        ("spec.budget.activeDeadlineSeconds", budget.active_deadline_seconds),
        ("spec.budget.expectedSeconds", budget.expected_seconds),
    ):
        if limit is not None and least > limit:
            yield f"`{field}` is {duration(limit)}, and even half of that time is longer"
    if budget.gpu_seconds is not None and least_gpu_seconds > budget.gpu_seconds:
        hours = number(round(budget.gpu_seconds / 3600, 2))
        yield f"`spec.budget.gpuSeconds` is {hours} GPU hours, and even half of that GPU time is more"
    if timeout is not None and forecast.trial_seconds > NEAR_TIMEOUT * timeout:
        share = f"{forecast.trial_seconds / timeout:.0%}"
        yield f"the trial took {share} of `spec.trials.timeoutSeconds` ({timeout}), so slower trials would be ended"
