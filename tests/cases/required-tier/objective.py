def objective(trial):
    return trial.suggest_float("x", 0, 1)


def broken(trial):
    raise ValueError("no data")
