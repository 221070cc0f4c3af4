"""Names that lead nowhere: of objectives, parameters, choices and decision points; and names that stand twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hposweep.api.space import Parameter, size
from hposweep.api.spec import Spec
from hposweep.judge.linter.criterion_paths import Placed, criteria
from hposweep.judge.linter.finding import error
from hposweep.judge.linter.format import listed
from hposweep.judge.linter.parameters import is_among, parameter_of, place_of
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    for placed in criteria(spec):
        yield from _objective(spec, placed)
        yield from _elite_share(spec, placed)
        yield from _numeric(spec, placed)
        trend = placed.criterion.clear_trend
        if trend is not None:
            yield from _list(spec, f"{placed.path}.clearTrend.parameters", trend.parameters)
    if spec.contrast is not None:
        yield from _list(spec, "spec.contrast.parameters", spec.contrast.parameters, needs_space=True)
    yield from _decisions(spec)


def _objective(spec: Spec, placed: Placed) -> Iterator[ContractFinding]:
    names = [goal.name for goal in spec.study.objectives]
    for kind, criterion in (("bestValue", placed.criterion.best_value), ("clearTrend", placed.criterion.clear_trend)):
        if criterion is not None and criterion.objective not in (None, *names):
            field = f"{placed.path}.{kind}.objective"
            message = f"`{field}` is `{criterion.objective}`; it must be one of {names}"
            yield error(LinterRule.UNKNOWN_OBJECTIVE, (field, "spec.study.objectives"), message)


def _elite_share(spec: Spec, placed: Placed) -> Iterator[ContractFinding]:
    share = placed.criterion.elite_share
    if share is None:
        return
    field = f"{placed.path}.eliteShare"
    yield from _one(spec, f"{field}.parameter", share.parameter)
    parameter = parameter_of(spec, share.parameter)
    if parameter is None:
        return
    if parameter.categorical is None:
        message = (
            f"`{field}.parameter` is `{parameter.name}`, which is a number; a share is one of choices, so it must be a "
            f"categorical parameter ({listed(_categorical(spec))}); for numbers there are `boundariesResolved` and "
            "`clearTrend`"
        )
        fields = (f"{field}.parameter", place_of(spec, parameter.name))
        yield error(LinterRule.WRONG_KIND_OF_PARAMETER, fields, message)
    elif share.value is not None and not is_among(share.value, parameter.categorical.choices):
        choices = list(parameter.categorical.choices)
        message = (
            f"`{field}.value` is {share.value!r}, which `{parameter.name}` can never be; its choices are {choices}"
        )
        yield error(LinterRule.UNKNOWN_CHOICE, (f"{field}.value", place_of(spec, parameter.name)), message)


def _numeric(spec: Spec, placed: Placed) -> Iterator[ContractFinding]:
    resolved = placed.criterion.boundaries_resolved
    if resolved is None:
        return
    field = f"{placed.path}.boundariesResolved.parameters"
    yield from _list(spec, field, resolved.parameters)
    for position, name in enumerate(resolved.parameters):
        parameter = parameter_of(spec, name)
        if parameter is not None and parameter.categorical is not None:
            message = (
                f"`{field}[{position}]` is `{name}`, whose choices have no bounds; it must be a parameter with `int` "
                f"or `float` ({listed(_numbers(spec))}); for choices there is `eliteShare`"
            )
            yield error(LinterRule.WRONG_KIND_OF_PARAMETER, (f"{field}[{position}]", place_of(spec, name)), message)


def _list(spec: Spec, field: str, names: tuple[str, ...], *, needs_space: bool = False) -> Iterator[ContractFinding]:
    for position, name in enumerate(names):
        yield from _one(spec, f"{field}[{position}]", name, needs_space=needs_space)
    for name, times in Counter(names).items():
        if times > 1:
            yield error(LinterRule.DUPLICATE_NAME, (field,), f"`{field}` names `{name}` {times} times; once is enough")


def _one(spec: Spec, field: str, name: str, *, needs_space: bool = False) -> Iterator[ContractFinding]:
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
