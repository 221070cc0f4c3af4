"""An objective that tells a witness outside of cluster and database when it begins, goes on and ends.

The witness confirms each line before the objective goes on, so that what it has not heard has not happened.
"""

import json
import os
import socket
import time

import optuna

from hpotrial import params

STEP_SECONDS = 0.25
ANSWER_SECONDS = 20.0


class Telling:
    """One connection, for as long as the trial lasts."""

    def __init__(self, address: str, **about: object) -> None:
        host, _, port = address.partition(":")
        self._about = about
        self._connection = socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS)

    def __call__(self, event: str, **more: object) -> None:
        self._connection.sendall(json.dumps({"event": event, **self._about, **more}).encode() + b"\n")
        if self._connection.recv(1) != b".":
            raise ConnectionError("the witness is gone")

    def close(self) -> None:
        self._connection.close()


def objective(trial: optuna.Trial) -> float:
    p = params(trial)
    pod = os.environ["HPOSWEEP_POD_UID"]
    tell = Telling(p["witness"], study=p["study"], number=trial.number, pod=pod, pid=os.getpid())
    tell("start")
    value = (p["x"] - 2.0) ** 2
    steps = max(1, round(p["seconds"] / STEP_SECONDS))
    for step in range(steps):
        time.sleep(STEP_SECONDS)
        tell("step")
        trial.report(value + steps - step, step)
        if trial.should_prune():
            tell("pruned")
            raise optuna.TrialPruned
    tell("end", value=value)
    tell.close()
    return value
