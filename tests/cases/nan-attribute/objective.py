def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    nan, inf = float("nan"), float("inf")
    trial.set_user_attr("odd", {"list": [1, None, nan, inf, -inf], "text": "Größe ☃ 🙂", "zero": "a\x00b"})
    trial.set_user_attr("score", nan)
    return x
