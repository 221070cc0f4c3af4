"""A quadratic of two families, one of which is better by one."""

from __future__ import annotations

import time

import optuna

from hpotrial import params


def objective(trial: optuna.Trial) -> float:
    p = params(trial)
    time.sleep(0.1)
    return float((p["x"] - 2.0) ** 2 + (0.0 if p["family"] == "curved" else 1.0))
