"""Objectives as people write them, knowing nothing of HPOSweep."""

from __future__ import annotations

import optuna


def quadratic(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", -10, 10)
    y = trial.suggest_int("y", 0, 5)
    kind = trial.suggest_categorical("kind", ["flat", "steep"])
    return (x - 2) ** 2 + y * (3 if kind == "steep" else 1)
