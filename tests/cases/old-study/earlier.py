import os
import warnings

import optuna
from objective import objective

warnings.simplefilter("ignore")
study = optuna.create_study(study_name="old-study", storage=os.environ["DATABASE_URL"])
study.set_user_attr("baseline", float("nan"))


def with_attributes(trial):
    trial.set_user_attr("acc", float("nan"))
    trial.set_user_attr("limits", [float("-inf"), float("inf")])
    trial.report(float("nan"), 0)
    return objective(trial)


study.optimize(with_attributes, n_trials=6)
