import optuna


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    if trial.number in (2, 3):
        raise optuna.TrialPruned(f"not feasible: {x} needs too much memory")
    return x
