"""Studies as plain Optuna writes them, without HPOSweep: for tests of the reader and of the analysis."""

from __future__ import annotations

import random
import warnings
from functools import cache

import optuna

STUDIES = ("single", "conditional", "multi")
TRIALS = 30


def make(name: str, storage: optuna.storages.BaseStorage) -> optuna.Study:
    """Write the study of that name: `single` is pruned and has failures, `conditional` branches, `multi` has a front.

    It runs in memory and is copied, because a storage on a disk takes long for each parameter.
    """
    study = _in_memory(name)
    optuna.copy_study(from_study_name=name, from_storage=study._storage, to_storage=storage)
    return optuna.load_study(study_name=name, storage=storage)


@cache
def _in_memory(name: str) -> optuna.Study:
    directions = ["minimize", "maximize"] if name == "multi" else ["maximize"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(
            study_name=name,
            directions=directions,
            sampler=optuna.samplers.TPESampler(seed=1),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5),
        )
        objective = {"single": single, "conditional": conditional, "multi": multi}[name]
        study.optimize(objective, n_trials=TRIALS, catch=(RuntimeError,))
    return study


def single(trial: optuna.Trial) -> float:
    """Report steps, prune and fail now and then."""
    x = trial.suggest_float("x", 0, 1)
    trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    trial.set_user_attr("epochs", 3)
    if trial.number % 11 == 10:
        raise RuntimeError("out of memory")
    for step in range(3):
        trial.report(x * step, step)
        if trial.should_prune():
            raise optuna.TrialPruned
    return x + random.Random(trial.number).gauss(0, 0.05)


def conditional(trial: optuna.Trial) -> float:
    """Depth exists in one branch only."""
    encoder = trial.suggest_categorical("encoder", ["cnn", "context", None])
    x = trial.suggest_float("x", 0, 1)
    depth = trial.suggest_int("depth", 2, 8) if encoder == "cnn" else 2
    return x + 0.1 * depth


def multi(trial: optuna.Trial) -> tuple[float, float]:
    """Two goals that contradict each other, and a constraint."""
    x, y = trial.suggest_float("x", 0, 1), trial.suggest_int("y", 0, 5)
    return x * x + y, (x - 1) ** 2 + y
