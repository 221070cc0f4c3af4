def objective(trial):
    layers = trial.suggest_categorical("layers", [(16,), (16, 32)])
    x = trial.suggest_float("x", 0, 1)
    trial.set_user_attr("received", layers)
    return x + len(layers)
