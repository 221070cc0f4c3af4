"""Counts of trials by state and by failure class."""

from __future__ import annotations

from hposweep.telemetry.series.series import Rows, Series, Snapshot, gauge, number
from hpotrial.protocol import FAILURE_CLASSES

_STATES = ("complete", "pruned", "failed", "running", "waiting")


def _by_state(snapshot: Snapshot) -> Rows:
    return (((state,), getattr(snapshot.status.trials, state)) for state in _STATES)


def _failures(snapshot: Snapshot) -> Rows:
    counts = snapshot.status.trials.failures
    return (((name,), counts.get(name, 0)) for name in FAILURE_CLASSES)


SERIES: tuple[Series, ...] = (
    gauge("hposweep_trials", "Trials by state.", _by_state, state=", ".join(_STATES)),
    gauge(
        "hposweep_trials_finished",
        "Ended trials that count against the budget. Less than complete, pruned and failed together, because a trial "
        "that was lost with its worker is retried without charge.",
        lambda snapshot: number(snapshot.status.trials.finished),
    ),
    gauge(
        "hposweep_trials_target",
        "`spec.trials.max`.",
        lambda snapshot: number(snapshot.status.trials.max),
    ),
    gauge(
        "hposweep_trials_retried",
        "Trials that are a retry of an earlier one.",
        lambda snapshot: number(snapshot.status.trials.retried),
    ),
    gauge(
        "hposweep_trial_failures",
        "Failed trials by class, retried or not. A trial that another program failed has no class, and is in "
        "`hposweep_trials` only.",
        _failures,
        class_="one of the classes of [failures](../how-to/failures.md)",
    ),
)
