"""Names that lead nowhere: of objectives, parameters, choices and decision points; and names that stand twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hposweep.api.space import Parameter, size
from hposweep.api.spec import Spec
from hposweep.judge.criteria.kind import CriterionKind, ParameterDomain, ParameterReference
from hposweep.judge.criteria.registry import kinds_for, kinds_of
from hposweep.judge.linter.criterion_paths import criteria
from hposweep.judge.linter.finding import error
from hposweep.judge.linter.format import listed
from hposweep.judge.linter.parameters import is_among, parameter_of, place_of
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for placed in criteria(spec):
        for kind, requirement in kinds_of(placed.criterion):
            path = f"{placed.path}.{kind.name}"
            yield from _objective(spec, f"{path}.objective", kind.objective(requirement))
            references = kind.references(requirement)
            for reference in references:
                yield from _reference(spec, path, kind, reference)
            yield from _duplicates(f"{path}.parameters", tuple(reference.name for reference in references))
    if spec.contrast is not None:
        for position, name in enumerate(spec.contrast.parameters):
            yield from _parameter(spec, f"spec.contrast.parameters[{position}]", name, needs_space=True)
        yield from _duplicates("spec.contrast.parameters", spec.contrast.parameters)
    yield from _decisions(spec)


def _objective(spec: Spec, field: str, name: str | None) -> Iterator[ContractFinding]:
    names = [goal.name for goal in spec.study.objectives]
    if name not in (None, *names):
        message = f"`{field}` is `{name}`; it must be one of {names}"
        yield error(LinterRule.UNKNOWN_OBJECTIVE, (field, "spec.study.objectives"), message)


def _reference(
    spec: Spec, path: str, kind: CriterionKind[Any], reference: ParameterReference
) -> Iterator[ContractFinding]:
    field = f"{path}.{reference.field}"
    yield from _parameter(spec, field, reference.name)
    parameter = parameter_of(spec, reference.name)
    if parameter is None:
        return
    if kind.domain is ParameterDomain.CATEGORICAL and parameter.categorical is None:
        message = (
            f"`{field}` is `{parameter.name}`, which is a number; a share is one of choices, so it must be a "
            f"categorical parameter ({listed(_categorical(spec))}); for numbers there are "
            f"{listed(kinds_for(ParameterDomain.NUMERIC))}"
        )
        yield error(LinterRule.WRONG_KIND_OF_PARAMETER, (field, place_of(spec, parameter.name)), message)
    elif kind.domain is ParameterDomain.NUMERIC and parameter.categorical is not None:
        message = (
            f"`{field}` is `{parameter.name}`, whose choices have no bounds; it must be a parameter with `int` "
            f"or `float` ({listed(_numbers(spec))}); for choices there are "
            f"{listed(kinds_for(ParameterDomain.CATEGORICAL))}"
        )
        yield error(LinterRule.WRONG_KIND_OF_PARAMETER, (field, place_of(spec, parameter.name)), message)
    elif reference.choice_field and parameter.categorical is not None:
        yield from _choice(spec, f"{path}.{reference.choice_field}", reference.choice, parameter)


def _choice(spec: Spec, field: str, choice: Any, parameter: Parameter) -> Iterator[ContractFinding]:
    choices = parameter.categorical.choices if parameter.categorical is not None else ()
    if not is_among(choice, choices):
        message = f"`{field}` is {choice!r}, which `{parameter.name}` can never be; its choices are {list(choices)}"
        yield error(LinterRule.UNKNOWN_CHOICE, (field, place_of(spec, parameter.name)), message)


def _duplicates(field: str, names: tuple[str, ...]) -> Iterator[ContractFinding]:
    for name, times in Counter(names).items():
        if times > 1:
            yield error(LinterRule.DUPLICATE_NAME, (field,), f"`{field}` names `{name}` {times} times; once is enough")


def _parameter(spec: Spec, field: str, name: str, *, needs_space: bool = False) -> Iterator[ContractFinding]:
    """Without `spec.searchSpace` the objective itself asks for its parameters, and nobody knows them beforehand."""
    parameter = parameter_of(spec, name)
    if parameter is None and (spec.search_space or needs_space):
        known = listed(parameter.name for parameter in spec.search_space)
        why = " (it is in `spec.objective.fixed`, so it is the same in every trial)" * (name in spec.objective.fixed)
        message = f"`{field}` is `{name}`{why}; it must be a parameter of `spec.searchSpace` ({known})"
        yield error(LinterRule.UNKNOWN_PARAMETER, (field, "spec.searchSpace"), message)
    elif parameter is not None and size(parameter) == 1:
        message = (
            f"`{field}` is `{name}`, which has one value only: there is nothing to compare, and the verdict would stay "
            f"Unknown; give `{place_of(spec, name)}` more values, or leave `{name}` out here"
        )
        yield error(LinterRule.NOTHING_TO_COMPARE, (field, place_of(spec, name)), message)


def _categorical(spec: Spec) -> Iterator[str]:
    return (parameter.name for parameter in spec.search_space if parameter.categorical is not None)


def _numbers(spec: Spec) -> Iterator[str]:
    return (parameter.name for parameter in spec.search_space if _is_number(parameter))


def _is_number(parameter: Parameter) -> bool:
    return parameter.float_ is not None or parameter.int_ is not None


def _decisions(spec: Spec) -> Iterator[ContractFinding]:
    names = [point.name for point in spec.decision_points]
    for position, answer in enumerate(spec.answers):
        if answer.decision not in names:
            field = f"spec.answers[{position}].decision"
            message = (
                f"`{field}` is `{answer.decision}`; it must be the `name` of one of `spec.decisionPoints` "
                f"({listed(names)})"
            )
            yield error(LinterRule.UNKNOWN_DECISION, (field, "spec.decisionPoints"), message)
