from hpotrial import params


def objective(trial):
    return trial.suggest_categorical("k", [1, 2]) + trial.suggest_float("x", 0, 1)


def from_space(trial):
    return params(trial)["k"]
