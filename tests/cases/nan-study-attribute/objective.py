def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.set_user_attr("read", trial.study.user_attrs.get("best_seen"))
    trial.study.set_user_attr("best_seen", float("nan" if trial.number % 2 else "inf"))
    return x
