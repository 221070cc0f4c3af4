"""Names that do not exist (objectives, parameters, choices, decision points), and names that are listed twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hposweep.api.space import Parameter, is_among, size
from hposweep.api.spec import Spec
from hposweep.judge.criteria.kind import CriterionKind, ParameterDomain, ParameterReference
from hposweep.judge.criteria.registry import kinds_for, kinds_of
from hposweep.judge.linter.criterion_paths import flat_criteria
from hposweep.judge.linter.finding import error
from hposweep.judge.linter.format import allowed, alternatives, literal
from hposweep.judge.linter.parameters import parameter_of, place_of
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for located in flat_criteria(spec):
        for kind, requirement in kinds_of(located.criterion):
            path = f"{located.path}.{kind.name}"
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
        sentence = f"unknown objective `{name}` ({allowed(names)}). Name one of `spec.study.objectives`."
        yield error(LinterRule.UNKNOWN_OBJECTIVE, (field, "spec.study.objectives"), sentence)


def _reference(
    spec: Spec, path: str, kind: CriterionKind[Any], reference: ParameterReference
) -> Iterator[ContractFinding]:
    field = f"{path}.{reference.field}"
    yield from _parameter(spec, field, reference.name)
    parameter = parameter_of(spec, reference.name)
    if parameter is None:
        return
    fields = (field, place_of(spec, parameter.name))
    is_numeric = parameter.float_ is not None or parameter.int_ is not None  # neither where the schema refuses it
    if kind.domain is ParameterDomain.CATEGORICAL and is_numeric:
        categorical = (other.name for other in spec.search_space if other.categorical is not None)
        sentence = f"`{parameter.name}` is a number, and only choices have shares ({allowed(categorical)})."
        detail = f"For numbers use {alternatives(kinds_for(ParameterDomain.NUMERIC))}."
        yield error(LinterRule.WRONG_KIND_OF_PARAMETER, fields, sentence, detail)
    elif kind.domain is ParameterDomain.NUMERIC and parameter.categorical is not None:
        numeric = (other.name for other in spec.search_space if other.float_ is not None or other.int_ is not None)
        sentence = f"`{parameter.name}` is categorical and has no bounds ({allowed(numeric)})."
        detail = f"For choices use {alternatives(kinds_for(ParameterDomain.CATEGORICAL))}."
        yield error(LinterRule.WRONG_KIND_OF_PARAMETER, fields, sentence, detail)
    elif reference.choice_field and parameter.categorical is not None:
        yield from _choice(spec, f"{path}.{reference.choice_field}", reference.choice, parameter)


def _choice(spec: Spec, field: str, choice: Any, parameter: Parameter) -> Iterator[ContractFinding]:
    choices = parameter.categorical.choices if parameter.categorical is not None else ()
    if not is_among(choice, choices):
        sentence = f"not a choice of `{parameter.name}` (got `{literal(choice)}`; {allowed(map(literal, choices))})."
        yield error(LinterRule.UNKNOWN_CHOICE, (field, place_of(spec, parameter.name)), sentence)


def _duplicates(field: str, names: tuple[str, ...]) -> Iterator[ContractFinding]:
    for name, times in Counter(names).items():
        if times > 1:
            yield error(LinterRule.DUPLICATE_NAME, (field,), f"lists `{name}` {times} times. List it once.")


def _parameter(spec: Spec, field: str, name: str, *, needs_space: bool = False) -> Iterator[ContractFinding]:
    """Check that a parameter exists. Without `spec.searchSpace` the objective itself defines the parameters."""
    parameter = parameter_of(spec, name)
    if parameter is None and (spec.search_space or needs_space):
        names = (other.name for other in spec.search_space)
        sentence = f"unknown parameter `{name}` ({allowed(names)}). Name one of `spec.searchSpace`."
        is_fixed = name in spec.objective.fixed
        detail = f"`{name}` is in `spec.objective.fixed`, so it is the same in every trial." if is_fixed else ""
        yield error(LinterRule.UNKNOWN_PARAMETER, (field, "spec.searchSpace"), sentence, detail)
    elif parameter is not None and size(parameter) == 1:
        place = place_of(spec, name)
        sentence = f"`{name}` has only one value, so there is nothing to compare. Add values, or remove it here."
        detail = f"The verdict would always be Unknown. Its values are in `{place}`."
        yield error(LinterRule.NOTHING_TO_COMPARE, (field, place), sentence, detail)


def _decisions(spec: Spec) -> Iterator[ContractFinding]:
    names = [point.name for point in spec.decision_points]
    for position, answer in enumerate(spec.answers):
        if answer.decision is not None and answer.decision not in names:
            fields = (f"spec.answers[{position}].decision", "spec.decisionPoints")
            sentence = f"unknown decision point `{answer.decision}` ({allowed(names)}). Use a name of `{fields[1]}`."
            yield error(LinterRule.UNKNOWN_DECISION, fields, sentence)
