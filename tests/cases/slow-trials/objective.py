import time


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    time.sleep(2.5)
    return x
