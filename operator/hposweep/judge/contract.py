"""The contract: can this spec work at all? Faults that the CRD's schema cannot express. Called by `gates`.

All faults are reported at once; each names the field, what it was, and what is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

from hposweep.api.conditions import CONTRADICTION, INVALID_SPEC
from hposweep.api.space import Choices, Parameter, Range, WholeRange
from hposweep.api.spec import Spec
from hposweep.model.observation import Fault
from hpotrial.sampling import NotInstalledError, make_pruner, make_sampler

# They say so only when a worker asks them for the first trial.
ONE_OBJECTIVE_SAMPLERS = ("CmaEsSampler",)


def faults(spec: Spec) -> tuple[Fault, ...]:
    """Every fault, in the order of the fields."""
    invalid = (Fault(INVALID_SPEC, sentence) for sentence in (*_algorithms(spec), *_space(spec)))
    return (*invalid, *(Fault(CONTRADICTION, sentence) for sentence in _success(spec)))


def _algorithms(spec: Spec) -> Iterator[str]:
    """Optuna's own constructors are the rule; whatever they refuse would stop every worker.

    A `class` of the user's own is only known to the workers: they check it, and its options, when they start.
    """
    sampler, pruner = spec.study.sampler, spec.study.pruner
    makers: list[Callable[[], object]] = []
    if sampler.name is not None:
        makers.append(partial(make_sampler, sampler.name, dict(sampler.options), sampler.seed))
    if pruner.name is not None:
        makers.append(partial(make_pruner, pruner.name, dict(pruner.options)))
    for make in makers:
        try:
            make()
        except NotInstalledError:
            continue  # a package that only the workers' image may have: they will tell
        except ValueError as error:
            yield str(error)
    if sampler.name in ONE_OBJECTIVE_SAMPLERS and len(spec.study.objectives) > 1:
        yield (
            f"`spec.study.sampler.name` is `{sampler.name}`, which takes one objective; `spec.study.objectives` has "
            f"{len(spec.study.objectives)}: choose another sampler, for instance `TPESampler` or `NSGAIISampler`"
        )


def _space(spec: Spec) -> Iterator[str]:
    by_name = {parameter.name: parameter for parameter in spec.search_space}
    for parameter in spec.search_space:
        field = f"`spec.searchSpace[{parameter.name}]`"
        if parameter.name in spec.objective.fixed:
            yield f"{field} is also in `spec.objective.fixed`: a parameter is searched or fixed, not both"
        if parameter.when is not None:
            yield from _condition(field, parameter, by_name)
        for bounds in (parameter.float_, parameter.int_):
            if bounds is not None:
                yield from _bounds(field, bounds)
        if parameter.categorical is not None:
            yield from _choices(f"{field}.categorical.choices", parameter.categorical)


def _condition(field: str, parameter: Parameter, by_name: dict[str, Parameter]) -> Iterator[str]:
    assert parameter.when is not None  # noqa: S101  # the caller asked
    parent = by_name.get(parameter.when.parameter)
    if parent is None:
        known = ", ".join(name for name in by_name if name != parameter.name) or "none"
        yield (
            f"{field}.when.parameter is `{parameter.when.parameter}`; it must be another parameter of "
            f"`spec.searchSpace` ({known})"
        )
    elif _depends_on_itself(parameter, by_name):
        yield f"{field}.when depends, through `{parent.name}`, on itself; conditions must not go in a circle"
    elif parent.categorical is not None:
        strange = [value for value in parameter.when.in_ if value not in parent.categorical.choices]
        if strange:
            yield (
                f"{field}.when.in has {strange}, which `{parent.name}` can never be; "
                f"its choices are {list(parent.categorical.choices)}"
            )


def _depends_on_itself(parameter: Parameter, by_name: dict[str, Parameter]) -> bool:
    seen: set[str] = set()
    current: Parameter | None = parameter
    while current is not None and current.when is not None and current.name not in seen:
        seen.add(current.name)
        current = by_name.get(current.when.parameter)
    return current is not None and current.name == parameter.name


def _bounds(field: str, bounds: Range | WholeRange) -> Iterator[str]:
    if bounds.step is None:
        return
    steps = (bounds.high - bounds.low) / bounds.step
    if not math.isclose(steps, round(steps), rel_tol=1e-9, abs_tol=1e-9):
        last = bounds.low + math.floor(steps) * bounds.step
        yield (
            f"{field}: step {bounds.step:g} does not divide the range from {bounds.low:g} to {bounds.high:g}; "
            f"the last value that can be reached is {last:g}: make it `high`, or choose another step"
        )


def _choices(field: str, categorical: Choices) -> Iterator[str]:
    wrong = [choice for choice in categorical.choices if isinstance(choice, list | dict)]
    if wrong:
        yield f"{field} has {wrong[0]}; a choice must be a string, a number, a boolean or null"
    elif len({(type(choice), choice) for choice in categorical.choices}) < len(categorical.choices):
        yield f"{field} names a choice twice; each may stand once"


def _success(spec: Spec) -> Iterator[str]:
    names = [goal.name for goal in spec.study.objectives]
    for tier, criteria in spec.success.items():
        for position, criterion in enumerate(criteria):
            field = f"`spec.success.{tier}[{position}]`"
            best, finished = criterion.best_value, criterion.trials_finished
            if best is not None and best.objective not in (None, *names):
                yield f"{field}.bestValue.objective is `{best.objective}`; it must be one of {names}"
            if finished is not None and finished.min > spec.trials.max:
                yield (
                    f"{field}.trialsFinished.min is {finished.min}, but `spec.trials.max` is {spec.trials.max}: "
                    "it can never hold"
                )
