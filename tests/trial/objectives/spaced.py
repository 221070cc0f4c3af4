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
