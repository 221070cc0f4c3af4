def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    if trial.number in (0, 1, 3, 4):
        raise ValueError("shapes do not match")
    return x


def sound(trial):
    return trial.suggest_float("x", 0, 1)
