import os
import time


def objective(trial):
    trial.set_user_attr("devices", os.environ.get("CUDA_VISIBLE_DEVICES"))
    time.sleep(0.3)
    return trial.suggest_float("x", 0, 1)
