"""An objective that records the variables of HPOSweep in its environment."""

from __future__ import annotations

import os

import optuna


def environment(trial: optuna.Trial) -> float:
    trial.set_user_attr("environ", {name: value for name, value in os.environ.items() if name.startswith("HPO_")})
    return 1.0
