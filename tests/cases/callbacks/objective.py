from pathlib import Path

import optuna


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    if trial.number == 1:
        raise ValueError("bad luck")
    if trial.number == 2:
        raise optuna.TrialPruned
    return x


def record(study, trial):
    with Path("calls.txt").open("a") as file:
        file.write(f"{trial.number}:{trial.state.name}\n")


class Recorder:
    def __call__(self, study, trial):
        record(study, trial)


recorder = Recorder()


def stop_at_second(study, trial):
    if trial.number == 1:
        study.stop()


def broken(study, trial):
    raise ConnectionError("no tracking server")
