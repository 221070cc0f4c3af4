import os


def objective(trial):
    trial.set_user_attr("number", os.environ["HPO_TRIAL_NUMBER"])
    trial.set_user_attr("sweep", os.environ["HPO_SWEEP"])
    return trial.suggest_float("x", 0, 1)
