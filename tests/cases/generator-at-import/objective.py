import random

import numpy as np

RNG = np.random.default_rng()
OLD = np.random.RandomState()
OWN = random.Random()


class Augmentation:
    def __init__(self):
        self.rng = np.random.default_rng()


AUGMENTATION = Augmentation()


def objective(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.set_user_attr("global", float(np.random.rand()))
    trial.set_user_attr("random", random.random())
    trial.set_user_attr("generator", float(RNG.random()))
    trial.set_user_attr("state", float(OLD.rand()))
    trial.set_user_attr("own", OWN.random())
    trial.set_user_attr("member", float(AUGMENTATION.rng.random()))
    return x
