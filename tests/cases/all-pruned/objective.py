import optuna


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.report(x, 0)
    raise optuna.TrialPruned
