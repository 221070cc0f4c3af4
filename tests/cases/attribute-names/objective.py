def objective(trial):
    trial.set_user_attr(5, "five")
    return trial.suggest_float("x", 0, 1)


def of_the_study(trial):
    trial.study.set_user_attr(5, "five")
    return trial.suggest_float("x", 0, 1)


def keys(trial):
    trial.set_user_attr("confusion", {0: [1, 2], 1: [3, 4], None: 3})
    trial.set_user_attr("pair", (1, 2))
    try:
        trial.set_user_attr("set", {1, 2})
    except TypeError:
        trial.set_user_attr("refused", True)
    return trial.suggest_float("x", 0, 1)
