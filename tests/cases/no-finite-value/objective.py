def objective(trial):
    trial.suggest_float("x", 0, 1)
    return float("inf")
