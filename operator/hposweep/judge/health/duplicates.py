"""Trials that repeat what was tried before. Asked by `findings`."""

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
LEAST_TRIALS = 20
MOST_REPEATED = 0.2


def _check(view: View) -> Diagnosis | None:
    """More than a fifth of the last 50 trials have exactly the parameters of an earlier one."""
    if view.spec.study.sampler.is_exhaustive:
        return None
    repeated, window = view.history.remember("health.repeats", lambda: _count(view))
    if window < LEAST_TRIALS or repeated <= MOST_REPEATED * window:
        return None
    message = (
        f"{repeated} of the last {window} trials repeat the parameters of an earlier trial exactly. Likely: "
        f"{_likely(view)}"
    )
    action = (
        "end the sweep with `spec.stop: Drain` if the space is used up, give a sampler of your own another seed in "
        "every worker, and widen `spec.searchSpace` in the next sweep"
    )
    return Diagnosis(message, action)


def _count(view: View) -> tuple[int, int]:
    trials = [trial for trial in view.chosen if trial.params and RETRIED_FROM not in trial.attributes]
    window, earlier = trials[-WINDOW:], trials[:-WINDOW]
    seen = _keys_like(window, earlier) if earlier else set()
    repeated = 0
    for trial in window:
        key = _key(trial)
        repeated += key in seen
        seen.add(key)
    return repeated, len(window)


def _keys_like(window: list[Trial], earlier: list[Trial]) -> set[Hashable]:
    """Of those that agree with one of the window in the parameter that varies most: few of thousands."""
    names = {name for trial in window for name in trial.params}
    name = max(sorted(names), key=lambda name: _kinds([trial.params.get(name) for trial in window]))
    values = {value for trial in window if not isinstance(value := trial.params.get(name), list | dict)}
    return {
        _key(trial) for trial in earlier if isinstance(value := trial.params.get(name), list | dict) or value in values
    }


def _kinds(values: list[Any]) -> int:
    try:
        return len(set(values))
    except TypeError:  # a choice that is a list
        return len(set(map(repr, values)))


def _key(trial: Trial) -> Hashable:
    try:
        return frozenset(trial.params.items())
    except TypeError:  # a choice that is a list
        return repr(sorted(trial.params.items()))


def _likely(view: View) -> str:
    sizes = [size(parameter) for parameter in view.evidence.space]
    counted = [number for number in sizes if number is not None]
    total = math.prod(counted) if sizes and len(counted) == len(sizes) else None
    if total is not None and total <= 2 * len(view.history.finished):
        return f"the search space has no more than {total} configurations, and they are used up"
    return "workers whose sampler starts from the same seed, or a sampler that has settled on one place"


RULE = HealthRule("Duplicates", Severity.WARNING, _check)
