def _family(trial):
    return trial.suggest_categorical("family", ["small", "big"])


def objective(trial):
    return trial.suggest_categorical("width", [8, 16] if _family(trial) == "small" else [128, 256])


def logarithm(trial):
    return trial.suggest_float("lr", 0.001, 1, log=_family(trial) == "small")


def kind(trial):
    suggest = trial.suggest_int if _family(trial) == "small" else trial.suggest_float
    return suggest("width", 1, 8)


def any_range(trial):
    return trial.suggest_int("width", 1, 16 if _family(trial) == "small" else 256)
