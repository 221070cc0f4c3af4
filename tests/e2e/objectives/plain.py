"""An objective as anybody has it: Optuna and nothing of ours."""


def objective(trial):
    x = trial.suggest_float("x", -10, 10)
    kind = trial.suggest_categorical("kind", ["linear", "square"])
    if kind == "square":
        return x**2 + trial.suggest_int("offset", 0, 3)
    return abs(x)
