"""The corners of the baseline trial: are they being tried, and what did they show? Called by `baseline_trial`.

A corner that fails is a warning: the search fails such trials one by one, and may never ask for that point.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hposweep.api.corners import corners
from hposweep.api.names import BASELINE_PHASE
from hposweep.api.sweep import Sweep
from hposweep.judge.baseline_attempts import attempts
from hposweep.judge.baseline_memory import too_much_memory
from hposweep.judge.baseline_range import outside_range
from hposweep.judge.baseline_result import has_passed, result
from hposweep.model.history import COMPLETE, PRUNED, RUNNING, WAITING, History, Trial
from hposweep.model.observation import Observation
from hposweep.text import count, duration, number
from hpotrial.protocol.baseline import BaselineMark

MAX_NAMED = 6  # parameters in a sentence
NO_NUMBER = "no parameter of `spec.searchSpace` is a number, so `spec.baselineTrial.corners` has tried nothing"


def corner_trials(sweep: Sweep, mark: BaselineMark, history: History) -> Mapping[str, Trial]:
    """Return the latest trial of each corner of this attempt, by its name."""
    pairs = attempts(sweep.uid, history)
    return {other.corner: trial for other, trial in pairs if other.key == mark.key and other.corner}


def open_corners(sweep: Sweep, observation: Observation, mark: BaselineMark, current: str) -> str:
    """Return what the gate waits for; an empty text once no corner runs, or can run any more.

    `current`: the input of an attempt that would start now. A change waits for a corner that runs, not for others.
    """
    if observation.history is None:
        return ""
    trials = corner_trials(sweep, mark, observation.history)
    sentence = next(
        (f"corner `{name}` runs as trial {t.number}" for name, t in trials.items() if t.state == RUNNING), ""
    )
    job, job_attempt = observation.baseline_trial.latest_job(sweep.name, BASELINE_PHASE)
    is_live = job is not None and not job.has_ended and job_attempt == mark.attempt
    is_current = (mark.input, mark.request) == (current, sweep.retry_baseline)
    if sentence or not (is_live and is_current):
        return sentence
    return next((f"corner `{name}` is about to run" for name, trial in trials.items() if trial.state == WAITING), "")


def corner_result(trials: Mapping[str, Trial]) -> str:
    """Return how many corners have completed, and how long the longest took; an empty text without one."""
    if not trials:
        return ""
    complete_trials = [trial for trial in trials.values() if trial.state == COMPLETE]
    seconds = [trial.seconds for trial in complete_trials if trial.seconds is not None]
    longest = f", the longest in {duration(max(seconds))}" if seconds else ""
    return f"{len(complete_trials)} of {count(len(trials), 'corner')} completed{longest}"


def corner_warnings(sweep: Sweep, trials: Mapping[str, Trial]) -> Iterator[str]:
    """Yield a sentence for each corner that failed or held too much memory, with its parameters."""
    spec = sweep.spec.baseline_trial
    if spec is None or not spec.corners:
        return
    points = corners(sweep.spec.search_space, spec.params)
    if not points:
        yield NO_NUMBER
    for name, trial in trials.items():
        subject = f"corner `{name}` ({_words(points.get(name, trial.params))})"
        if trial.state in (WAITING, RUNNING):
            yield f"{subject} has not run"
        elif outside_range(sweep, trial) and has_passed(sweep, trial):
            yield f"{subject}: {outside_range(sweep, trial)}"
        elif trial.state != PRUNED and not has_passed(sweep, trial):
            yield f"{subject}: {result(sweep, trial)}"
        else:
            yield from (f"{subject}: {sentence}" for sentence in too_much_memory(trial, spec.max_memory_share))


def _words(params: Mapping[str, Any]) -> str:
    pairs = [f"{name}={number(value)}" for name, value in params.items()]
    remainder = len(pairs) - MAX_NAMED
    return ", ".join([*pairs[:MAX_NAMED], *([f"{remainder} more"] if remainder > 0 else [])])
