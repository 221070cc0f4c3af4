"""The end of the baseline trial in one sentence, and whether it has passed. Called by `baseline_{trial,corners}`."""

from __future__ import annotations

import math

from hposweep.api.sweep import Sweep
from hposweep.judge.baseline_range import RANGE_ADVICE, only_warns, outside_range
from hposweep.model.history import COMPLETE, FAIL, PRUNED, Trial
from hposweep.text import duration, number, sentences
from hpotrial import protocol


def has_passed(sweep: Sweep, trial: Trial) -> bool:
    return _has_values(trial) and (only_warns(sweep) or not outside_range(sweep, trial))


def result(sweep: Sweep, trial: Trial) -> str:
    """Return how the trial ended, in one sentence."""
    name = f"trial {trial.number}"
    if trial.state == COMPLETE:
        goals = (goal.name for goal in sweep.spec.study.objectives)
        values = ", ".join(f"{goal} {number(value)}" for goal, value in zip(goals, trial.values, strict=False))
        seconds = f" in {duration(trial.seconds)}" if trial.seconds is not None else ""
        if not _has_values(trial):
            return f"{name} has no finite value: {values}"
        outside = "" if has_passed(sweep, trial) else sentences(outside_range(sweep, trial), RANGE_ADVICE)
        return sentences(f"{name} completed{seconds}: {values}", outside)
    if trial.state == PRUNED:
        reason = trial.attributes.get(protocol.PRUNED_BECAUSE)
        return f"{name} was pruned, so it has no value{f': {reason}' if reason else ''}"
    failure, error = trial.attributes.get(protocol.CLASS, FAIL), str(trial.attributes.get(protocol.ERROR, ""))
    return f"{name} failed: {failure}{f': {error.partition(chr(10))[0]}' if error else ''}"


def _has_values(trial: Trial) -> bool:
    return trial.state == COMPLETE and bool(trial.values) and all(map(math.isfinite, trial.values))
