def objective(trial):
    return trial.suggest_categorical("k", [1, 2, 3]) + trial.suggest_float("x", 0, 1)
