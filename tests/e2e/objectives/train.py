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
