"""Callbacks, and objectives that are methods."""

from __future__ import annotations

import os
import time
from typing import Any

import optuna

SEEN: list[int] = []


def objective(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", 0, 1)
    SEEN.append(trial.number)
    how = ["number", "raise", "prune", "die", "number"][trial.number]
    if how == "raise":
        raise ValueError("no batch")
    if how == "prune":
        raise optuna.TrialPruned
    if how == "die":
        os.kill(os.getpid(), 9)
    return x


def steady(trial: optuna.Trial) -> float:
    return trial.suggest_float("x", 0, 1)


def note(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    """What the callback got, as an attribute of the study."""
    best = study.best_trial.number if study.get_trials(states=(optuna.trial.TrialState.COMPLETE,)) else None
    study.set_user_attr(
        f"trial-{trial.number}",
        {
            "is_study": isinstance(study, optuna.Study),
            "state": trial.state.name,
            "value": trial.value,
            "x": trial.params["x"],
            "has_ended": trial.datetime_complete is not None,
            "best": best,
            "in_its_process": SEEN[-1:] == [trial.number],
        },
    )


class Tracker:
    """A callback that is an instance, as `MLflowCallback` is."""

    def __call__(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        study.set_user_attr("tracked", trial.number)


tracker = Tracker()


def raises(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    raise RuntimeError("the tracking server is unreachable")


def exits(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    os._exit(7)


def sleeps(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    print("the callback sleeps", flush=True)
    time.sleep(600)


def stops(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    if trial.number == 1:
        study.stop()


def enqueues(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    if trial.number == 0:
        study.enqueue_trial({"x": 0.5})


class Objective:
    """An objective with its methods."""

    def __init__(self, offset: float = 2.0) -> None:
        self.offset = offset

    def method(self, trial: optuna.Trial) -> float:
        return trial.suggest_float("x", 0, 1) + self.offset

    @staticmethod
    def static(trial: optuna.Trial) -> float:
        return trial.suggest_float("x", 0, 1) + 5.0

    @classmethod
    def of_class(cls, trial: optuna.Trial) -> float:
        return trial.suggest_float("x", 0, 1) + 6.0


class NeedsData:
    def __init__(self, data: Any) -> None:
        self.data = data

    def method(self, trial: optuna.Trial) -> float:
        return 0.0


instance = Objective(3.0)
