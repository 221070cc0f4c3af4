"""Random generators made when the module is imported: in globals, containers and objects, with a seed and without."""

from __future__ import annotations

import random

import numpy as np
import optuna

RNG = np.random.default_rng()
STATE = np.random.RandomState()
OWN = random.Random()
SEEDED = np.random.default_rng(7)
LONG_SEED = np.random.default_rng(0x87351080E25CB0FAD77A44A3BE03B491)
SEEDED_STATE = np.random.RandomState(7)
SEEDED_OWN = random.Random(7)


class Sampler:
    """Keeps its generator in an attribute, as many classes do."""

    def __init__(self) -> None:
        self.generators = [np.random.Generator(np.random.Philox())]


SAMPLER = Sampler()


def objective(trial: optuna.Trial) -> float:
    """Draw from each."""
    child = RNG.spawn(1)[0]
    draws = (RNG, STATE, OWN, SAMPLER.generators[0], child)
    trial.set_user_attr("unseeded", [float(generator.random()) for generator in draws])
    seeded = (SEEDED, LONG_SEED, SEEDED_STATE, SEEDED_OWN)
    trial.set_user_attr("seeded", [float(generator.random()) for generator in seeded])
    return 0.0
