def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.report(x, 0)
    return x, 1 - x


def quiet(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.set_user_attr("multi", trial.study._is_multi_objective())
    return x, 1 - x
