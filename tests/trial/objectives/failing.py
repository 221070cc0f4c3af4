"""Objectives that fail: all for one reason, nearly all, every second one, or each for its own."""

from __future__ import annotations

from pathlib import Path

import optuna


def always(trial: optuna.Trial) -> float:
    trial.suggest_float("x", 0, 1)
    Path("/data/train.npy").read_bytes()
    return 0.0


def all_but_the_third(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", 0, 1)
    return x if trial.number == 2 else always(trial)


def each_in_its_own_way(trial: optuna.Trial) -> float:
    trial.suggest_float("x", 0, 1)
    raise [ValueError, KeyError, ZeroDivisionError][trial.number % 3]("of its own kind")


def every_second(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", 0, 1)
    return x if trial.number % 2 else always(trial)
