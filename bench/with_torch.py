"""An objective whose module imports torch, as users' modules do."""

from __future__ import annotations

import optuna
import torch


def objective(trial: optuna.Trial) -> float:
    """One small matrix product, so that torch is really there."""
    size = trial.suggest_int("size", 2, 8)
    return float(torch.ones(size, size).matmul(torch.ones(size, size)).sum())
