import time


def objective(trial):
    trial.suggest_float("x", 0, 1)
    time.sleep(0.15)
    return 1.0 if trial.number < 2 else 0.5


def improving(trial):
    trial.suggest_float("x", 0, 1)
    return -trial.number
