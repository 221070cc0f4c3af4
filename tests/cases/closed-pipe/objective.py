import time


def objective(trial):
    time.sleep(0.3)
    return trial.suggest_float("x", 0, 1)
