"""One kind is better by far."""


def objective(trial):
    kind = trial.suggest_categorical("kind", ["a", "b"])
    trial.suggest_categorical("deep", [True, False])
    return trial.suggest_float("x", 0, 1) / 10 + (0 if kind == "a" else 1)
