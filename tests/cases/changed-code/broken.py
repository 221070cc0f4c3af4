def objective(trial):
    return trial.suggest_float("x", 0, 1) + trial.suggest_float("y", 0, 1) / 0
