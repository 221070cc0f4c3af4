"""Objectives of the sweeps in `sweeps.yaml`: a made-up accuracy with a learning curve, in trials of seconds."""

from __future__ import annotations

import math
import time
from typing import Any

import optuna

from hpotrial import params

EPOCHS = 10


def accuracy(values: dict[str, Any]) -> float:
    """Return the accuracy after the last epoch; the best learning rate is 0.003, the best depth 5."""
    distances = (abs(math.log10(values["lr"] / 3e-3)), 5 * abs(values["dropout"] - 0.15), abs(values["depth"] - 5) / 3)
    return float(values["ceiling"] * (1 - 0.35 * math.tanh(sum(distances) / 3)))


def objective(trial: optuna.Trial) -> float:
    """Train for ten epochs, whose duration grows with the depth."""
    values = params(trial)
    goal = accuracy(values)
    for epoch in range(1, EPOCHS + 1):
        time.sleep(values["seconds"] * values["depth"] / EPOCHS)
        reached = goal * (1 - math.exp(-epoch / 3)) + 0.004 * math.sin(7 * trial.number + epoch)
        trial.report(reached, epoch)
        if trial.should_prune():
            raise optuna.TrialPruned
    _fail_sometimes(trial.number, values["unlucky_of_20"])
    return reached


def _fail_sometimes(number: int, unlucky: int) -> None:
    """Let so many of 20 trials fail, in three ways, of which one is worth a retry."""
    place = number * 7 % 20
    if place >= unlucky:
        return
    if place % 3 == 0:
        raise ValueError("the loss is not a number")
    if place % 3 == 1:
        raise MemoryError("a batch does not fit")
    raise ConnectionError("the feature store does not answer")
