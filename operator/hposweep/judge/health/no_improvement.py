"""The best has not moved for a long time. Asked by `findings`."""

from __future__ import annotations

import math

import numpy as np

from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.statistics import quantile
from hposweep.model.findings import Severity

LEAST_WINDOW = 30
LEAST_BEFORE = 10  # a best of fewer trials says nothing
SHARE_OF_SPREAD = 0.01
LATE = 0.8  # of the budget: from here on it is how searches end


def _check(view: View) -> Diagnosis | None:
    """The last third of the valued trials, 30 at least, gained less than 1 % of their interquartile range."""
    trials = view.history.searched
    window = max(LEAST_WINDOW, math.ceil(len(trials) / 3))
    before = len(trials) - window
    if len(view.evidence.goals) > 1 or before < LEAST_BEFORE:
        return None
    values = view.sign * np.fromiter((trial.values[0] for trial in trials), float, len(trials))
    place, best_before = int(values.argmax()), float(values[:before].max())
    low, high = quantile(values, 0.25), quantile(values, 0.75)
    gain, needed = float(values[place]) - best_before, SHARE_OF_SPREAD * (high - low)
    if gain >= needed > 0 or gain > needed:
        return None
    best = trials[place]
    message = (
        f"the last {window} of {len(trials)} complete trials gained {gain:.3g} in {view.goal.name}, less than 1 % of "
        f"the trials' interquartile range ({high - low:.3g}); the best is {best.values[0]:.6g} (trial {best.number}). "
        f"Random search stands so in {100 * before // len(trials)} of 100 sweeps of this length"
    )
    finished, most = len(view.history.finished), view.spec.trials.max
    if view.evidence.has_ended or finished >= LATE * most:
        action = "nothing need be done; more trials of this search space are unlikely to be worth their price"
        return Diagnosis(message, action, needs_action=False)
    action = (
        f"{max(0, most - finished)} trials are left: end the sweep with `spec.stop: Drain` or lower `spec.trials.max`, "
        "and search elsewhere; a criterion that needs more than this is not near"
    )
    return Diagnosis(message, action)


RULE = HealthRule("NoImprovement", Severity.WARNING, _check)
