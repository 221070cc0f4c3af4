def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    if trial.number == 0:
        trial.study.enqueue_trial({"x": 0.5}, user_attrs={"by": "hand"})
    return x


def many(trial):
    for number in range(3):
        trial.study.enqueue_trial({"x": number / 4})
    return trial.suggest_float("x", 0, 1)
