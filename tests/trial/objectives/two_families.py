"""A space with a condition, an optimum inside, and one family that is better by one."""

from __future__ import annotations

import os
import time
from pathlib import Path

import optuna

from hpotrial import params


def loss(trial: optuna.Trial) -> float:
    p = params(trial)
    time.sleep(0.2)  # long enough that a test on a busy machine plans before the budget is spent
    detail = p["depth"] / 100 if p["family"] == "cnn" else p["heads"] / 100
    return (p["x"] - 2) ** 2 / 100 + (0.0 if p["family"] == "cnn" else 1.0) + float(detail)


def pruned_when_asked(trial: optuna.Trial) -> float:
    """Reports what no pruner with a low bound likes, and asks."""
    p = params(trial)
    trial.report(10.0, 0)
    if trial.should_prune():
        raise optuna.TrialPruned
    return float(p["x"])


def gated(trial: optuna.Trial) -> float:
    """Waits for the file `go`."""
    p = params(trial)
    here = Path(os.environ["TEST_DIRECTORY"])
    (here / f"running-{trial.number}").touch()
    while not (here / "go").exists():
        time.sleep(0.01)
    return float(p["x"])


def raises_at_two(trial: optuna.Trial) -> float:
    p = params(trial)
    if p["x"] == 2.0:
        raise ValueError("no batch")
    return float(p["x"])
