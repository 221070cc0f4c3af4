def objective(trial):
    return trial.suggest_float("x", 0, 1)
