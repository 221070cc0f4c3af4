"""Trials long enough to be interrupted, short enough to be many."""

from __future__ import annotations

import time

import optuna

from hpotrial import params


def objective(trial: optuna.Trial) -> float:
    p = params(trial)
    print(f"trial {trial.number} runs", flush=True)
    time.sleep(p["seconds"])
    return float((p["x"] - 2.0) ** 2)


def ignorant(trial: optuna.Trial) -> float:
    """Without a search space of the sweep, and with a file beside it."""
    with open("offset.txt") as file:  # noqa: PTH123  # as people write it
        offset = float(file.read())
    return trial.suggest_float("x", -5, 5) ** 2 + offset


def another_space(trial: optuna.Trial) -> float:
    """Knows nothing of the search space of its sweep."""
    return trial.suggest_float("x", 0.0, 1.0) + trial.suggest_int("width", 1, 4)


def failing(trial: optuna.Trial) -> float:
    """Fail every other time, so that no circuit breaker opens."""
    if trial.number % 2:
        raise ValueError("an odd trial")
    return objective(trial)
