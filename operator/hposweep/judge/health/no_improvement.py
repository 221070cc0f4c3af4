"""The best value has not improved for a long time. Listed in `rules`."""

from __future__ import annotations

import math

import numpy as np

from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.judge.statistics import quantile
from hposweep.model.findings import Severity
from hposweep.text import count

MIN_WINDOW = 30
MIN_BEFORE = 10  # the best of fewer trials is no measure
SHARE_OF_SPREAD = 0.01
LATE = 0.8  # share of the budget after which a plateau is the usual end of a search


def _check(view: View) -> Diagnosis | None:
    """Fire when the last third of the valued trials (at least 30) gained less than 1 % of the interquartile range."""
    trials = view.history.searched
    window = max(MIN_WINDOW, math.ceil(len(trials) / 3))
    before = len(trials) - window
    if len(view.evidence.goals) > 1 or before < MIN_BEFORE:
        return None
    values = view.sign * np.fromiter((trial.values[0] for trial in trials), float, len(trials))
    place, best_before = int(values.argmax()), float(values[:before].max())
    low, high = quantile(values, 0.25), quantile(values, 0.75)
    gain, min_gain = float(values[place]) - best_before, SHARE_OF_SPREAD * (high - low)
    if gain >= min_gain > 0 or gain > min_gain:
        return None
    best = trials[place]
    message = (
        f"{view.goal.name} improved by only {gain:.3g} in the last {window} of {len(trials)} complete trials, less "
        f"than 1 % of the interquartile range ({high - low:.3g}); best {best.values[0]:.6g} (trial {best.number}). A "
        f"random search would show the same plateau in {100 * before // len(trials)} % of sweeps this long"
    )
    finished, max_trials = len(view.history.finished), view.spec.trials.max
    if view.evidence.has_ended or finished >= LATE * max_trials:
        action = (
            f"no action needed; more trials in this search space are unlikely to pay off{_hint(view, 'the next sweep')}"
        )
        return Diagnosis(message, action, needs_action=False)
    remaining = count(max(0, max_trials - finished), "trial")
    action = (
        f"stop the sweep with `spec.stop: Drain` or lower `spec.trials.max` ({remaining} left), and search another "
        f"space; a target beyond this plateau is out of reach{_hint(view, 'a sweep')}"
    )
    return Diagnosis(message, action)


def _hint(view: View, subject: str) -> str:
    """Return the rule that would do it, unless the spec has it."""
    if any(rule.no_improvement is not None for rule in view.spec.stop_when):
        return ""
    return f". `spec.stopWhen: [{{noImprovement: {{trials: {MIN_WINDOW}}}}}]` ends {subject} at a plateau"


RULE = HealthRule("NoImprovement", Severity.WARNING, _check)
