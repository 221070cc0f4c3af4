def objective(trial):
    optimizer = trial.suggest_categorical("optimizer", [None, True, 1.5, "adam"])
    layers = trial.suggest_categorical("layers", [(16,), (16, 32), (8, 8, 8)])
    kernel = trial.suggest_categorical("kernel", [[3, 3], [5, 5]])
    trial.set_user_attr("types", [type(layers).__name__, type(kernel).__name__])
    trial.set_user_attr("layers", layers)
    return len(layers) + kernel[0] + (optimizer is None)
