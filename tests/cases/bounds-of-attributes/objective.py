def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.set_user_attr("memory", x)
    return -x
