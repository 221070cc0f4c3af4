"""A parameter of the search space has one value in all trials. Listed in `rules`."""

from __future__ import annotations

from typing import Any

from hposweep.api.space import Parameter, same, size
from hposweep.judge.health.parameters import describe_range, sampled_values
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.findings import Severity
from hposweep.text import count

MIN_TRIALS = 10
_MAX_NAMED = 3


def _check(view: View) -> Diagnosis | None:
    """Fire when 10 trials or more have the same value, although the space allows others."""
    constants = [
        (parameter, constant)
        for parameter in view.evidence.space
        if size(parameter) != 1 and (constant := only_value(view, parameter)) is not None
    ]
    if not constants:
        return None
    parts = [
        f"`{parameter.name}` was {value!r} in all {trials} trials that have it; the search space allows "
        f"{describe_range(parameter)}"
        for parameter, (value, trials) in constants[:_MAX_NAMED]
    ]
    omitted = len(constants) - _MAX_NAMED
    suffix = [f"{count(omitted, 'more parameter')} as well"] if omitted > 0 else []
    message = (
        f"{'; '.join([*parts, *suffix])}. Likely: an objective that suggests it with other bounds than "
        "`spec.searchSpace`, your own sampler that fixes it, or trials that were enqueued with it"
    )
    action = "let the sampler choose it, or move it from `spec.searchSpace` to `spec.objective.fixed`"
    return Diagnosis(message, action)


def only_value(view: View, parameter: Parameter) -> tuple[Any, int] | None:
    """Return the only value and its number of trials; None when there are others, or too few trials."""
    values = sampled_values(view.chosen, parameter.name)
    first = next(values, None)
    trials = 1
    for value in values:
        if not same(value, first):
            return None
        trials += 1
    return (first, trials) if trials >= MIN_TRIALS else None


RULE = HealthRule("ParameterNeverVaries", Severity.WARNING, _check)
