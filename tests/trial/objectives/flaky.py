"""Objectives that fail by exceptions of their own, at first or always."""

from __future__ import annotations

import optuna


class UnreachableError(Exception):
    """The base of the errors of a network."""


class SlowError(UnreachableError):
    """One of them."""


def slow_once(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", 0, 1)
    trial.set_user_attr("seen", trial.number)
    if "hposweep:retried_from" not in trial.user_attrs and trial.number == 0:
        raise SlowError("the data server did not answer")
    return x


def refused(trial: optuna.Trial) -> float:
    trial.suggest_float("x", 0, 1)
    raise ConnectionRefusedError("port 80")


def other(trial: optuna.Trial) -> float:
    try:
        raise SlowError("hidden")
    except SlowError as error:
        raise ValueError("a typing error") from error
