import os


def objective(trial):
    trial.set_user_attr("is_right", os.environ["API_TOKEN"] == "hunter2" and os.environ["AUTH"] == "token hunter2")
    return trial.suggest_float("x", 0, 1)
