"""Objectives that fail, each in one way."""

import os
import time
from pathlib import Path

from hpotrial import params


def never_ends(trial):
    trial.suggest_float("x", 0, 1)
    time.sleep(3600)


def too_much_memory(trial):
    trial.suggest_float("x", 0, 1)
    blocks = []
    while True:
        blocks.append(bytearray(32 * 2**20))
        time.sleep(0.01)


def ends_the_worker(trial):
    """Without isolation, the trial's process is the worker's."""
    trial.suggest_float("x", 0, 1)
    os._exit(3)


def without_data(trial):
    trial.suggest_float("x", 0, 1)
    return len(Path("/data/train.npy").read_bytes())


def not_a_number(trial):
    trial.suggest_float("x", 0, 1)
    return float("nan")


def in_many_ways(trial):
    trial.suggest_float("x", 0, 1)
    raise [ValueError, KeyError, ZeroDivisionError][trial.number % 3](params(trial)["why"])


def every_other(trial):
    values = params(trial)
    time.sleep(values["seconds"])
    if trial.number % 2:
        raise ValueError("an odd trial")
    return (values["x"] - 2.0) ** 2


def beyond_one(trial):
    """Fail in one way where x is above 1."""
    if trial.suggest_float("x", 0, 10) <= 1:
        return 0.0
    way = params(trial)["way"]
    if way == "memory":
        too_much_memory(trial)
    if way == "time":
        time.sleep(3600)
    if way == "nan":
        return float("nan")
    return len(Path("/data/train.npy").read_bytes())
