"""A parameter that should be searched has one value in all trials. Asked by `findings`."""

from __future__ import annotations

from typing import Any

from hposweep.api.space import Parameter, same, size
from hposweep.judge.health.parameters import allowed, sampled
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.findings import Severity

LEAST_TRIALS = 10
_SHOWN = 3


def _check(view: View) -> Diagnosis | None:
    """In 10 trials or more in which it was sampled, though the space allows more."""
    stuck = [
        (parameter, found)
        for parameter in view.evidence.space
        if size(parameter) != 1 and (found := only_value(view, parameter)) is not None
    ]
    if not stuck:
        return None
    shown = [
        f"`{parameter.name}` was {value!r} in all {count} trials that have it, and the search space allows "
        f"{allowed(parameter)}"
        for parameter, (value, count) in stuck[:_SHOWN]
    ]
    more = [f"and so for {len(stuck) - _SHOWN} more parameters"] if len(stuck) > _SHOWN else []
    message = (
        f"{'; '.join([*shown, *more])}. Likely: the objective suggests it with other bounds than `spec.searchSpace` "
        "has, a sampler of one's own that fixes it, or trials that were enqueued with it"
    )
    action = "let the sampler choose it, or take it out of `spec.searchSpace` into `spec.objective.fixed`"
    return Diagnosis(message, action)


def only_value(view: View, parameter: Parameter) -> tuple[Any, int] | None:
    """The one value and in how many trials it was; None when there are others, or too few trials."""
    values = sampled(view.chosen, parameter.name)
    first = next(values, None)
    count = 1
    for value in values:
        if not same(value, first):
            return None
        count += 1
    return (first, count) if count >= LEAST_TRIALS else None


RULE = HealthRule("ParameterNeverVaries", Severity.WARNING, _check)
