"""Objectives whose attributes, parameters and reports are what JSON, YAML or the API server cannot hold as they are."""

from __future__ import annotations

import math

import optuna


def not_finite(trial: optuna.Trial) -> float:
    """Put NaN and infinity wherever a trial takes a value."""
    trial.set_user_attr("noise", {"a": [1, None, math.nan, math.inf], "text": "Größe ☃ 🙂", "nul": "a\x00b"})
    trial.suggest_categorical("scale", [math.nan, -math.inf])
    trial.set_constraint("ms", -math.inf)
    trial.report(math.nan, 0)
    trial.report(math.inf, 1)
    return float(trial.number)


def many(trial: optuna.Trial) -> float:
    """Suggest more parameters than a status holds, one of them longer than all others together."""
    for number in range(200):
        trial.suggest_int(f"layer{number:03}", 0, 9)
    trial.suggest_categorical("a-text", ["x" * 100_000])
    return trial.suggest_float("x", 0.0, 1.0)


def layers(trial: optuna.Trial) -> float:
    """Suggest a tuple, and fail when it is something else."""
    choice = trial.suggest_categorical("layers", [(16,), (16, 32)])
    if not isinstance(choice, tuple):
        raise TypeError(type(choice).__name__)
    return len(choice) + trial.suggest_float("x", 0.0, 1.0)
