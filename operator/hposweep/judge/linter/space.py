"""The search space in itself: conditions, bounds, steps and choices that cannot be, or are not what they look like."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from hposweep.api.space import Choices, FloatRange, IntRange, Parameter
from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    by_name = {parameter.name: parameter for parameter in spec.search_space}
    for position, parameter in enumerate(spec.search_space):
        path, field = f"spec.searchSpace[{position}]", f"`spec.searchSpace[{parameter.name}]`"
        if parameter.name in spec.objective.fixed:
            message = f"{field} is also in `spec.objective.fixed`: a parameter is searched or fixed, not both"
            yield error(LinterRule.FIXED_AND_SEARCHED, (path, f"spec.objective.fixed.{parameter.name}"), message)
        if parameter.when is not None:
            yield from _condition(path, field, parameter, by_name)
        for kind, bounds in (("float", parameter.float_), ("int", parameter.int_)):
            if bounds is not None:
                yield from _bounds(f"{path}.{kind}", field, bounds)
        if parameter.categorical is not None:
            yield from _choices(f"{path}.categorical.choices", field, parameter.categorical)


def _condition(
    path: str, field: str, parameter: Parameter, by_name: Mapping[str, Parameter]
) -> Iterator[ContractFinding]:
    condition = parameter.when
    if condition is None:
        return
    parent = by_name.get(condition.parameter)
    if parent is None:
        known = ", ".join(name for name in by_name if name != parameter.name) or "none"
        message = (
            f"{field}.when.parameter is `{condition.parameter}`; it must be another parameter of "
            f"`spec.searchSpace` ({known})"
        )
        yield error(LinterRule.CONDITION_WITHOUT_PARENT, (f"{path}.when.parameter",), message)
    elif _depends_on_itself(parameter, by_name):
        message = f"{field}.when depends, through `{parent.name}`, on itself; conditions must not go in a circle"
        yield error(LinterRule.CONDITION_IN_A_CIRCLE, (f"{path}.when.parameter",), message)
    elif parent.categorical is not None:
        strange = [value for value in condition.in_ if value not in parent.categorical.choices]
        if strange:
            message = (
                f"{field}.when.in has {strange}, which `{parent.name}` can never be; "
                f"its choices are {list(parent.categorical.choices)}"
            )
            yield error(LinterRule.CONDITION_NEVER_HOLDS, (f"{path}.when.in",), message)


def _depends_on_itself(parameter: Parameter, by_name: Mapping[str, Parameter]) -> bool:
    seen: set[str] = set()
    current: Parameter | None = parameter
    while current is not None and current.when is not None and current.name not in seen:
        seen.add(current.name)
        current = by_name.get(current.when.parameter)
    return current is not None and current.name == parameter.name


def _bounds(path: str, field: str, bounds: FloatRange | IntRange) -> Iterator[ContractFinding]:
    if bounds.step is None or bounds.step <= 0 or bounds.low > bounds.high:
        return
    steps = (bounds.high - bounds.low) / bounds.step
    if not math.isclose(steps, round(steps), rel_tol=1e-9, abs_tol=1e-9):
        last = bounds.low + math.floor(steps) * bounds.step
        message = (
            f"{field}: step {bounds.step:g} does not divide the range from {bounds.low:g} to {bounds.high:g}; "
            f"the last value that can be reached is {last:g}: make it `high`, or choose another step"
        )
        yield error(
            LinterRule.STEP_DOES_NOT_DIVIDE, (f"{path}.step", f"{path}.high"), message, step=bounds.step, last=last
        )


def _choices(path: str, field: str, categorical: Choices) -> Iterator[ContractFinding]:
    choices = categorical.choices
    wrong = [choice for choice in choices if isinstance(choice, list | dict)]
    if wrong:
        message = f"{field}.categorical.choices has {wrong[0]}; a choice must be a string, a number, a boolean or null"
        yield error(LinterRule.CHOICE_IS_NO_SCALAR, (path,), message)
        return
    if len({(type(choice), choice) for choice in choices}) < len(choices):
        yield error(
            LinterRule.DUPLICATE_CHOICE,
            (path,),
            f"{field}.categorical.choices names a choice twice; each may stand once",
        )
    kinds = {_kind(choice) for choice in choices if choice is not None}
    if len(kinds) > 1:
        message = (
            f"{field}.categorical.choices mixes {' and '.join(sorted(kinds))}: {list(choices)}; YAML reads on, off, "
            "yes, no, true and false as booleans, and 1 as a number: put texts in quotes, or make all choices of one "
            "kind"
        )
        yield warning(LinterRule.MIXED_CHOICES, (path,), message, kinds=sorted(kinds))


def _kind(choice: object) -> str:
    if isinstance(choice, bool):
        return "booleans"
    return "numbers" if isinstance(choice, int | float) else "texts"
