"""Objectives whose sampler and pruner matter: reports, pruning, several kinds of parameters."""

from __future__ import annotations

import optuna


def trained(trial: optuna.Trial) -> float:
    rate = trial.suggest_float("rate", 1e-5, 1e-1, log=True)
    depth = trial.suggest_int("depth", 1, 6)
    family = trial.suggest_categorical("family", ["cnn", "context"])
    loss = abs(depth - 4) + (0.5 if family == "cnn" else 0.0) + rate
    for step in range(4):
        trial.report(loss / (step + 1), step)
        if trial.should_prune():
            raise optuna.TrialPruned
    return loss


def two_goals(trial: optuna.Trial) -> tuple[float, float]:
    x = trial.suggest_float("x", 0, 5)
    y = trial.suggest_float("y", 0, 3)
    return 4 * x**2 + 4 * y**2, (x - 5) ** 2 + (y - 5) ** 2


class PruningCallback:
    """As the callbacks that come with training libraries: asks the study for its direction, reports, prunes."""

    def __init__(self, trial: optuna.Trial) -> None:
        if trial.study.direction != optuna.study.StudyDirection.MINIMIZE:
            raise ValueError("the study must minimize")
        self._trial = trial

    def after_epoch(self, epoch: int, loss: float) -> None:
        self._trial.report(loss, step=epoch)
        if self._trial.should_prune():
            raise optuna.TrialPruned(f"pruned at epoch {epoch}")


def with_callback(trial: optuna.Trial) -> float:
    rate = trial.suggest_float("rate", 1e-5, 1e-1, log=True)
    callbacks = [PruningCallback(trial)]
    loss = 1.0
    for epoch in range(6):
        loss *= 1 - rate
        for callback in callbacks:
            callback.after_epoch(epoch, loss)
    return loss
