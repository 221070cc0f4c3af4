import time


def objective(trial):
    trial.suggest_float("x", 0, 1)
    time.sleep(0.15)
    return 1.0 if trial.number < 9 else 0.05


def gain(trial):
    return 1 - objective(trial)


def perfect(trial):
    time.sleep(0.3)
    return 0.0 * trial.suggest_float("x", 0, 1)
