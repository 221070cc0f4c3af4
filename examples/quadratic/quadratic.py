"""Descend a quadratic valley: pure Python, so that a sweep can be tried in seconds and without any GPU.

`objective` is a plain Optuna objective: it reports its loss after every step and lets the pruner end it early.
"""

from __future__ import annotations

import random
import time
from typing import Any

import optuna

from hpotrial import params

STEEPNESS = (1.0, 12.0)  # of the valley's two directions: too long a step along the second one climbs its wall


def descend(p: dict[str, Any], noise: random.Random) -> Any:
    """Loss after each step of gradient descent with momentum; a sleep stands for the work of a real model."""
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
            print(f"trial {trial.number}: step {step}, loss {loss:.4g}: not worth going on")
            raise optuna.TrialPruned
    print(f"trial {trial.number}: {p['optimizer']}, lr {p['lr']:.3g} -> loss {loss:.4g}")
    return loss
