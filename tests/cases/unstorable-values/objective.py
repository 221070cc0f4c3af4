import decimal


def objective(trial):
    trial.set_user_attr("labels", {"all": {"cat", "dog"}})
    return trial.suggest_float("x", 0, 1)


def choice(trial):
    trial.suggest_categorical("optimizer", [b"adam", decimal.Decimal(1)])
    return trial.suggest_float("x", 0, 1)


def caught(trial):
    for value in ({1, 2}, b"x", decimal.Decimal(1), object(), {(1, 2): 3}):
        try:
            trial.set_user_attr("value", value)
        except TypeError:
            trial.set_user_attr("refused", trial.user_attrs.get("refused", 0) + 1)
    return trial.suggest_float("x", 0, 1)
