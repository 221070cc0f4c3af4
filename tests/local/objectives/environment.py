"""Records the variables of its process."""

from __future__ import annotations

import os

import optuna


def objective(trial: optuna.Trial) -> float:
    """Note which GPUs and which token the trial has."""
    for name in ("CUDA_VISIBLE_DEVICES", "TOKEN_LENGTH", "TOKEN"):
        value = os.environ.get(name)
        trial.set_user_attr(name, len(value) if name == "TOKEN" and value else value)
    return trial.suggest_float("x", 0, 1)
