"""The two lines that every objective with steps repeats: report the value, and stop when the trial is pruned."""

from __future__ import annotations

import optuna
from optuna.trial import BaseTrial


def report(trial: BaseTrial, value: float, step: int) -> None:
    """Report the value of a step. Raises `optuna.TrialPruned` when the pruner ends the trial."""
    trial.report(value, step)
    if trial.should_prune():
        raise optuna.TrialPruned
