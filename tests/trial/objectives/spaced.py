"""Objectives that take their parameters from the sweep."""

from __future__ import annotations

import optuna

from hpotrial import params


def conditional(trial: optuna.Trial) -> float:
    chosen = params(trial)
    trial.set_user_attr("chosen", chosen)
    return float(chosen["lr"]) + float(chosen.get("depth", 0))


def by_loop(trial: optuna.Trial) -> float:
    """Define-by-run: how many parameters there are depends on a parameter."""
    layers = trial.suggest_int("layers", 1, 4)
    return sum(trial.suggest_float(f"width_{layer}", 0, 1) for layer in range(layers))


def varying(trial: optuna.Trial) -> float:
    """The choices, the kind and the scale of a parameter differ in some trials, which fail."""
    x = trial.suggest_float("x", 0, 1)
    trial.suggest_categorical("width", [16, 32] if trial.number % 3 else [16, 32, 64])
    trial.suggest_float("rate", 0.1, 1, log=trial.number % 4 == 1)
    if trial.number % 5 == 2:
        trial.suggest_float("width", 0, 1)
    return x
