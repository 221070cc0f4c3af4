"""An objective that trains at a steady pace and leaves a file for each step."""

from __future__ import annotations

import os
import time
from pathlib import Path

import optuna

STEPS = 40
STEP_SECONDS = 0.1


def objective(trial: optuna.Trial) -> float:
    here = Path(os.environ["TEST_DIRECTORY"])
    x = trial.suggest_float("x", 0, 1)
    for step in range(STEPS):
        time.sleep(STEP_SECONDS)
        trial.report(step * x, step)
        trial.should_prune()
        (here / f"step-{trial.number}-{step}").touch()
    return x
