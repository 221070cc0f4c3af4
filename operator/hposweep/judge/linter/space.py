"""The search space alone: conditions, bounds, steps and choices that are impossible or misleading."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from hposweep.api.space import Choices, FloatRange, IntRange, Parameter
from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import allowed, literal
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    by_name = {parameter.name: parameter for parameter in spec.search_space}
    for position, parameter in enumerate(spec.search_space):
        path = f"spec.searchSpace[{position}]"
        if parameter.name in spec.objective.fixed:
            fields = (path, f"spec.objective.fixed.{parameter.name}")
            sentence = f"`{parameter.name}` is also in `spec.objective.fixed`. Search it or fix it, not both."
            yield error(LinterRule.FIXED_AND_SEARCHED, fields, sentence)
        if parameter.when is not None:
            yield from _condition(path, parameter, by_name)
        for kind, bounds in (("float", parameter.float_), ("int", parameter.int_)):
            if bounds is not None:
                yield from _bounds(f"{path}.{kind}", parameter.name, bounds)
        if parameter.categorical is not None:
            yield from _choices(f"{path}.categorical.choices", parameter.name, parameter.categorical)


def _condition(path: str, parameter: Parameter, by_name: Mapping[str, Parameter]) -> Iterator[ContractFinding]:
    condition = parameter.when
    if condition is None:
        return
    parent = by_name.get(condition.parameter)
    if parent is None:
        other_names = (name for name in by_name if name != parameter.name)
        sentence = (
            f"unknown parameter `{condition.parameter}` ({allowed(other_names)}). `{parameter.name}` can depend on "
            "another parameter of the space only."
        )
        yield error(LinterRule.CONDITION_WITHOUT_PARENT, (f"{path}.when.parameter",), sentence)
    elif _depends_on_itself(parameter, by_name):
        sentence = f"`{parameter.name}` depends on itself, through `{parent.name}`. Conditions must not form a circle."
        yield error(LinterRule.CONDITION_IN_A_CIRCLE, (f"{path}.when.parameter",), sentence)
    else:
        unknown, domain = _unknown(condition.in_, parent)
        if unknown:
            values = ", ".join(f"`{literal(value)}`" for value in unknown)
            sentence = f"not a value of `{parent.name}` (got {values}; {domain}), on which `{parameter.name}` depends."
            yield error(LinterRule.CONDITION_NEVER_HOLDS, (f"{path}.when.in",), sentence)


def _unknown(values: tuple[Any, ...], parent: Parameter) -> tuple[list[Any], str]:
    """Return the values that the parent never has, and those that it may have, in words."""
    if parent.categorical is not None:
        choices = parent.categorical.choices
        return [value for value in values if value not in choices], allowed(map(literal, choices))
    bounds = parent.int_ or parent.float_
    if bounds is None:
        return [], ""
    unknown = [value for value in values if _kind(value) != "numbers" or not bounds.low <= value <= bounds.high]
    return unknown, f"allowed from {bounds.low:g} to {bounds.high:g}"


def _depends_on_itself(parameter: Parameter, by_name: Mapping[str, Parameter]) -> bool:
    visited: set[str] = set()
    current: Parameter | None = parameter
    while current is not None and current.when is not None and current.name not in visited:
        visited.add(current.name)
        current = by_name.get(current.when.parameter)
    return current is not None and current.name == parameter.name


def _bounds(path: str, name: str, bounds: FloatRange | IntRange) -> Iterator[ContractFinding]:
    if bounds.step is None or bounds.log or not 0 < bounds.step <= bounds.high - bounds.low:
        return  # the schema reports the others
    steps = (bounds.high - bounds.low) / bounds.step
    if not math.isclose(steps, round(steps), rel_tol=1e-9, abs_tol=1e-9):
        last = bounds.low + math.floor(steps) * bounds.step
        sentence = (
            f"step {bounds.step:g} of `{name}` does not divide the range from {bounds.low:g} to {bounds.high:g}. Set "
            f"`high` to {last:g}."
        )
        detail = f"The last value that can be reached is {last:g}. Or choose another step."
        fields = (f"{path}.step", f"{path}.high")
        yield error(LinterRule.STEP_DOES_NOT_DIVIDE, fields, sentence, detail, step=bounds.step, last=last)


def _choices(path: str, name: str, categorical: Choices) -> Iterator[ContractFinding]:
    choices = categorical.choices
    wrong = [choice for choice in choices if _has_mapping(choice)]
    if wrong:
        sentence = (
            f"a choice of `{name}` must be a string, a number, a boolean, null or a list of them "
            f"(got `{literal(wrong[0])}`)."
        )
        yield error(LinterRule.CHOICE_IS_NO_SCALAR, (path,), sentence)
        return
    equal = _equal_pair(choices)
    if equal is not None:
        first, second = map(literal, equal)
        detail = ""
        sentence = f"lists the choice `{first}` of `{name}` twice. List each choice once."
        if first != second:
            sentence = (
                f"the choices `{first}` and `{second}` of `{name}` are equal in Python. Put one of them in quotes"
            )
            sentence += " or remove it."
            detail = "A study could not tell them apart: 1, 1.0 and true are one value there, and so are 0 and false."
        yield error(LinterRule.DUPLICATE_CHOICE, (path,), sentence, detail)
    kinds = sorted({_kind(choice) for choice in choices if choice is not None})
    if len(kinds) > 1:
        sentence = f"the choices of `{name}` mix {' and '.join(kinds)}. Put texts in quotes, or use one kind of value."
        detail = (
            f"The choices are {', '.join(f'`{literal(choice)}`' for choice in choices)}. YAML reads on, off, yes, no, "
            "true and false as booleans, and 1 as a number."
        )
        yield warning(LinterRule.MIXED_CHOICES, (path,), sentence, detail, kinds=kinds)


def _equal_pair(choices: tuple[Any, ...]) -> tuple[Any, Any] | None:
    """Return the first choice that repeats an earlier one, and that one."""
    first: dict[Any, Any] = {}
    for choice in choices:
        if choice in first:
            return first[choice], choice
        first[choice] = choice
    return None


def _has_mapping(choice: Any) -> bool:
    return isinstance(choice, dict) or (isinstance(choice, tuple) and any(map(_has_mapping, choice)))


def _kind(choice: object) -> str:
    if isinstance(choice, tuple):
        return "lists"
    if isinstance(choice, bool):
        return "booleans"
    return "numbers" if isinstance(choice, int | float) else "texts"
