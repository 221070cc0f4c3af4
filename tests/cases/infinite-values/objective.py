def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    for step, value in enumerate([x, float("nan"), float("inf")]):
        trial.report(value, step)
        trial.should_prune()
    return {1: float("inf"), 2: float("nan"), 6: float("nan")}.get(trial.number, x)


def too_good(trial):
    x = trial.suggest_float("x", 0, 1)
    return float("-inf") if trial.number == 3 else x
