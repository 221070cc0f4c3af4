import optuna


def objective(trial):
    return trial.suggest_float("x", 0, 1) / 0


def different(trial):
    errors = [KeyError("a"), ValueError("b"), OSError("c"), RuntimeError("d"), TypeError("e")]
    raise errors[trial.number % 5]


def pruned_or_failed(trial):
    if trial.number % 2:
        raise optuna.TrialPruned
    return trial.suggest_float("x", 0, 1) / 0
