def objective(trial):
    x = trial.suggest_float("x", -5, 5)
    return x * x + trial.suggest_int("y", 0, 9)
