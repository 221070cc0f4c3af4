"""Trials that repeat the parameters of earlier trials. Listed in `rules`."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Any

from hposweep.api.space import size
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.findings import Severity
from hposweep.model.history import Trial
from hpotrial.protocol import RETRIED_FROM

WINDOW = 50
MIN_TRIALS = 20
MAX_REPEATED = 0.2


def _check(view: View) -> Diagnosis | None:
    """Fire when more than a fifth of the last 50 trials have exactly the parameters of an earlier trial."""
    if view.spec.study.sampler.is_exhaustive:
        return None
    repeats, window = view.history.remember("health.repeats", lambda: _count(view))
    if window < MIN_TRIALS or repeats <= MAX_REPEATED * window:
        return None
    message = (
        f"{repeats} of the last {window} trials repeat the parameters of an earlier trial. Likely: "
        f"{_likely_cause(view)}"
    )
    action = (
        "stop the sweep with `spec.stop: Drain` if the space is exhausted; widen `spec.searchSpace` in the next sweep, "
        "or give your own sampler a different seed in each worker"
    )
    return Diagnosis(message, action)


def _count(view: View) -> tuple[int, int]:
    trials = [trial for trial in view.chosen if trial.params and RETRIED_FROM not in trial.attributes]
    window, earlier = trials[-WINDOW:], trials[:-WINDOW]
    keys = _candidate_keys(window, earlier) if earlier else set()
    repeats = 0
    for trial in window:
        key = parameters_key(trial)
        repeats += key in keys
        keys.add(key)
    return repeats, len(window)


def _candidate_keys(window: list[Trial], earlier: list[Trial]) -> set[Hashable]:
    """Return the keys of earlier trials that share the value of the most varied parameter with the window.

    This leaves few of thousands, so that not every trial needs a key.
    """
    names = {name for trial in window for name in trial.params}
    name = max(sorted(names), key=lambda name: _distinct([trial.params.get(name) for trial in window]))
    values = {value for trial in window if not isinstance(value := trial.params.get(name), list | dict)}
    return {
        parameters_key(trial)
        for trial in earlier
        if isinstance(value := trial.params.get(name), list | dict) or value in values
    }


def _distinct(values: list[Any]) -> int:
    try:
        return len(set(values))
    except TypeError:  # a choice that is a list
        return len(set(map(repr, values)))


def parameters_key(trial: Trial) -> Hashable:
    """Return equal keys for trials with the same parameters."""
    try:
        return frozenset(trial.params.items())
    except TypeError:  # a choice that is a list
        return repr(sorted(trial.params.items()))


def _likely_cause(view: View) -> str:
    sizes = [size(parameter) for parameter in view.evidence.space]
    finite = [number for number in sizes if number is not None]
    total = math.prod(finite) if sizes and len(finite) == len(sizes) else None
    if total is not None and total <= 2 * len(view.history.finished):
        return f"the search space is exhausted ({total} configurations)"
    return "samplers of several workers that share a seed, or a sampler that has converged"


RULE = HealthRule("Duplicates", Severity.WARNING, _check)
