"""Objectives whose trials take as long as `objective.fixed.seconds` says; the best `x` is 2, by definition."""

import os
import time

import optuna

from hpotrial import params


def quadratic(trial):
    values = params(trial)
    time.sleep(values["seconds"])
    return (values["x"] - 2.0) ** 2


def only_x(trial):
    return trial.suggest_float("x", -10.0, 10.0)


def load_nothing():
    """What `spec.preflight.sample` calls."""
    return []


def conditional(trial):
    values = params(trial)
    if values["encoder"] == "cnn":
        assert 2 <= values["depth"] <= 8, values
        return float(values["depth"])
    assert "depth" not in values, values
    return 100.0


def reports(trial):
    """Half of the trials are hopeless from their first step on, and say so."""
    x = params(trial)["x"]
    for step in range(5):
        trial.report(x, step)
        if trial.should_prune():
            raise optuna.TrialPruned
    return x


def tells_everything(trial):
    """Prints and raises all that it can see: what must not be seen must not be there."""
    trial.suggest_float("x", 0.0, 1.0)
    print(dict(os.environ), flush=True)
    raise RuntimeError(str(dict(os.environ)))


def mixed(trial):
    """Of five trials, one fails and one is pruned, each after its time."""
    values = params(trial)
    time.sleep(values["seconds"])
    if trial.number % 5 == 3:
        raise RuntimeError("fails as it should")
    if trial.number % 5 == 4:
        raise optuna.TrialPruned
    return (values["x"] - 2.0) ** 2


def one_choice(trial):
    """Nothing is ever gained: the objective chooses `x` itself, whatever the search space allows."""
    x = trial.suggest_float("x", 2.0, 2.0)
    time.sleep(0.1)
    return (x - 2.0) ** 2
