def objective(trial):
    clip = trial.suggest_categorical("clip", [float("nan"), float("inf"), 1.0])
    trial.set_user_attr("received", f"{clip}")
    return trial.number
