"""An objective whose module imports torch, as users' modules do. Run by `starts`."""

from __future__ import annotations

import time

import optuna
import torch

WORK_SECONDS = 0.2


def objective(trial: optuna.Trial) -> float:
    """Multiply small matrices, so that torch is used, sleep, and store when the trial began and ended."""
    began = time.time()
    size = trial.suggest_int("size", 2, 8)
    value = float(torch.ones(size, size).matmul(torch.ones(size, size)).sum())
    time.sleep(WORK_SECONDS)
    trial.set_user_attr("began", began)
    trial.set_user_attr("ended", time.time())
    return value
