def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.set_constraint("memory", [0.0, float("inf"), -1.0, float("nan"), float("-inf")][trial.number % 5])
    return x
