def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.set_constraint("memory", x - 0.5)
    return -x
