"""An objective that records the variables of HPOSweep in its environment."""

from __future__ import annotations

import os
import random

import numpy as np
import optuna


def environment(trial: optuna.Trial) -> float:
    trial.set_user_attr("environ", {name: value for name, value in os.environ.items() if name.startswith("HPO_")})
    return 1.0


def drawing(trial: optuna.Trial) -> float:
    trial.set_user_attr("drawn", [random.random(), float(np.random.random())])
    return environment(trial)
