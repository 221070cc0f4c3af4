"""An objective whose module imports torch, as users' modules do."""

from __future__ import annotations

import time

import optuna
import torch

WORK_SECONDS = 0.2


def objective(trial: optuna.Trial) -> float:
    """A small matrix product, so that torch is really there, and some time; notes when it began and when it ended."""
    began = time.time()
    size = trial.suggest_int("size", 2, 8)
    value = float(torch.ones(size, size).matmul(torch.ones(size, size)).sum())
    time.sleep(WORK_SECONDS)
    trial.set_user_attr("began", began)
    trial.set_user_attr("ended", time.time())
    return value
