"""A module that chooses the start method while it is imported."""

from __future__ import annotations

import multiprocessing

import optuna

multiprocessing.set_start_method("spawn")


def objective(trial: optuna.Trial) -> float:
    trial.set_user_attr("start_method", multiprocessing.get_start_method())
    return 1.0
