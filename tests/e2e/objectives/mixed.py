"""An objective whose trials end in every way: complete, pruned, failed, and failed and retried."""

import time

import optuna

from hpotrial import params

STEPS = 5


def ends_in_every_way(trial):
    values = params(trial)
    loss = (values["x"] - 2.0) ** 2 / 10 + 0.02 * (trial.number % 7)
    for step in range(STEPS):
        time.sleep(values["seconds"] * (0.5 + trial.number % 3) / STEPS)
        trial.report(loss * (1 + 2 / (step + 1)), step)
        if trial.should_prune():
            raise optuna.TrialPruned
    if trial.number % values["failing_every"] == 3:
        raise ValueError("an unlucky trial")
    if trial.number % 13 == 7:
        raise ConnectionError("the feature store does not answer")
    return loss
