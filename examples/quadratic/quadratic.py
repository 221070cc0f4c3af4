"""Minimize a quadratic function in pure Python, so that you can try a sweep in seconds and without a GPU.

`objective` is an Optuna objective that reports its loss after every step and lets the pruner end it early.
"""

from __future__ import annotations

import random
import time
from typing import Any

import optuna

from hpotrial import params

STEEPNESS = (1.0, 12.0)  # of the two directions; a step that is too long along the second one diverges


def descend(p: dict[str, Any], noise: random.Random) -> Any:
    """Yield the loss after each step of gradient descent with momentum. A sleep stands for the work of a real model."""
    place, speed = [4.0, 4.0], [0.0, 0.0]
    for _ in range(p["steps"]):
        time.sleep(p["step_seconds"])
        for axis, steepness in enumerate(STEEPNESS):
            gradient = steepness * place[axis] + noise.gauss(0, p["noise"])
            keeps = p["momentum"] if p["optimizer"] == "momentum" else 0.0
            speed[axis] = keeps * speed[axis] - p["lr"] * gradient
            place[axis] += speed[axis]
        yield min(sum(steepness * x * x / 2 for steepness, x in zip(STEEPNESS, place, strict=True)), 1e6)


def objective(trial: optuna.Trial) -> float:
    p = {"momentum": 0.0, **params(trial)}
    loss = 0.0
    for step, loss in enumerate(descend(p, random.Random(trial.number))):
        trial.report(loss, step)
        if trial.should_prune():
            print(f"trial {trial.number}: step {step}, loss {loss:.4g}: pruned")
            raise optuna.TrialPruned
    print(f"trial {trial.number}: {p['optimizer']}, lr {p['lr']:.3g} -> loss {loss:.4g}")
    return loss
