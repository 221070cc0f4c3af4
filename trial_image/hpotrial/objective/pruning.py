"""The two lines that every objective with steps repeats: report, and stop when told."""

from __future__ import annotations

import optuna
from optuna.trial import BaseTrial


def report(trial: BaseTrial, value: float, step: int) -> None:
    """Report the value of a step; raises `optuna.TrialPruned` when the trial is not worth going on."""
    trial.report(value, step)
    if trial.should_prune():
        raise optuna.TrialPruned
