"""Objectives with choices that JSON stores as something else: tuples, nested lists, enumerations, equal values."""

from __future__ import annotations

import enum
import math
import os

import optuna

LAYERS = [(16,), (16, 32), (8, (8, 4)), [[3, 3], [5]]]
MIXED = [None, True, 1.5, "adam", math.nan, [math.nan, None], 2**80]
EQUAL = [0, False, 0.0, "0", None]


class Optimizer(enum.StrEnum):
    """A choice of a class that only the user's module has."""

    SGD = "sgd"
    ADAM = "adam"


def odd(trial: optuna.Trial) -> float:
    """Get each choice as it was written, again for a second call, and in `params`."""
    layers = trial.suggest_categorical("layers", LAYERS)
    assert any(layers is choice for choice in LAYERS)
    assert trial.suggest_categorical("layers", LAYERS) is layers
    optimizer = trial.suggest_categorical("optimizer", list(Optimizer))
    assert isinstance(optimizer, Optimizer)
    mixed = trial.suggest_categorical("mixed", MIXED)
    assert any(mixed is choice for choice in MIXED)
    equal = trial.suggest_categorical("equal", EQUAL)
    trial.suggest_categorical("a/b", ["x", "y"])
    assert trial.params["layers"] is layers
    trial.set_user_attr("equal", repr(equal))
    trial.set_user_attr("layers", repr(layers))
    return trial.suggest_float("x", 0.0, 1.0)


def depends(trial: optuna.Trial) -> float:
    """Suggest from other choices in every second trial."""
    return float(trial.suggest_categorical("width", [8, 16] if trial.number % 2 == 0 else [128, 256]))


def changed(trial: optuna.Trial) -> float:
    """Suggest from the choices of the environment, as after an edit of the script."""
    return float(trial.suggest_categorical("k", [int(choice) for choice in os.environ["CHOICES"].split(",")]))
