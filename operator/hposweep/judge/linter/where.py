"""Parameter values that restrict a `bestValue`: does the search space have them, and can a trial have them all?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hposweep.api.space import Parameter, allows, is_among
from hposweep.api.spec import Spec
from hposweep.judge.criteria.kind import ParameterReference
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.linter.criterion_paths import flat_criteria
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import allowed, literal, number
from hposweep.judge.linter.parameters import parameter_of, place_of
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.text import truncate

_MAX_CHARACTERS = 40  # of a value or a name in a sentence


def findings(spec: Spec) -> Iterator[ContractFinding]:
    """Check nothing without `spec.searchSpace`, because the objective then defines the parameters."""
    if not spec.search_space:
        return
    for located in flat_criteria(spec):
        for kind, requirement in kinds_of(located.criterion):
            restrictions = kind.restrictions(requirement)
            for restriction in restrictions:
                yield from _value(spec, f"{located.path}.{kind.name}", restriction)
            yield from _together(spec, f"{located.path}.{kind.name}", restrictions)


def _value(spec: Spec, path: str, restriction: ParameterReference) -> Iterator[ContractFinding]:
    field, parameter = f"{path}.{restriction.field}", parameter_of(spec, restriction.name)
    value = truncate(literal(restriction.choice), _MAX_CHARACTERS)
    if parameter is None:
        names = (other.name for other in spec.search_space)
        sentence = f"unknown parameter ({allowed(names)}). Name one of `spec.searchSpace`."
        is_fixed = restriction.name in spec.objective.fixed
        detail = "It is in `spec.objective.fixed`, so it is the same in every trial." if is_fixed else ""
        yield error(LinterRule.UNKNOWN_PARAMETER, (field, "spec.searchSpace"), sentence, detail)
    elif not allows(parameter, restriction.choice):
        fields = (field, place_of(spec, parameter.name))
        sentence = f"not a value of `{_brief(parameter)}` (got `{value}`; {_domain(parameter)})."
        yield error(LinterRule.UNKNOWN_CHOICE, fields, sentence)
    elif parameter.float_ is not None and parameter.float_.step is None:
        fields = (field, place_of(spec, parameter.name))
        sentence = f"hardly any trial has exactly {value}, because `{_brief(parameter)}` is continuous. Use choices."
        detail = "Or set a `step`. Only a trial that you enqueue with this number has it."
        yield warning(LinterRule.RESTRICTED_TO_NO_TRIAL, fields, sentence, detail)


def _together(spec: Spec, path: str, restrictions: Sequence[ParameterReference]) -> Iterator[ContractFinding]:
    """Warn of a parameter that does not exist in the trials that another value demands."""
    by_name = {restriction.name: restriction for restriction in restrictions}
    for restriction in restrictions:
        parameter = parameter_of(spec, restriction.name)
        condition = parameter.when if parameter is not None else None
        other = by_name.get(condition.parameter) if condition is not None else None
        if condition is None or other is None or is_among(other.choice, condition.in_):
            continue
        fields = (f"{path}.{restriction.field}", f"{path}.{other.field}", f"{place_of(spec, restriction.name)}.when")
        sentence = "no trial has both: with the other value this parameter does not exist. Remove one of the two."
        detail = f"The other value is `{fields[1]}`, and the condition is `{fields[2]}`."
        yield warning(LinterRule.RESTRICTED_TO_NO_TRIAL, fields, sentence, detail)


def _domain(parameter: Parameter) -> str:
    bounds = parameter.int_ or parameter.float_
    if bounds is None:
        choices = parameter.categorical.choices if parameter.categorical is not None else ()
        return allowed(truncate(literal(choice), _MAX_CHARACTERS) for choice in choices)
    step = f" in steps of {number(bounds.step)}" if bounds.step not in (None, 1) else ""
    kind = "whole numbers" if parameter.int_ is not None else "numbers"
    return f"allowed: {kind} from {number(bounds.low)} to {number(bounds.high)}{step}"


def _brief(parameter: Parameter) -> str:
    return truncate(parameter.name, _MAX_CHARACTERS)
