def objective(trial):
    return trial.suggest_float("x", 0, 1)


def reporting(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.report(x, 0)
    trial.report(2.5, 1)
    return x + 1
