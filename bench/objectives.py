"""Objectives of the benchmark: one without work, so that only the overhead is measured, and one of a second."""

from __future__ import annotations

import time

import optuna


def six(trial: optuna.Trial) -> float:
    """Suggest six parameters and do no work."""
    x = trial.suggest_float("x", -5, 5)
    y = trial.suggest_float("y", 1e-5, 1e-1, log=True)
    depth = trial.suggest_int("depth", 1, 8)
    width = trial.suggest_int("width", 16, 256, step=16)
    kind = trial.suggest_categorical("kind", ["cnn", "context", "mlp"])
    flag = trial.suggest_categorical("flag", [True, False])
    return x * x + y + depth + width / 256 + len(kind) + flag


def second(trial: optuna.Trial) -> float:
    """Do the same and wait for a second, as for a GPU."""
    value = six(trial)
    time.sleep(1.0)
    return value
