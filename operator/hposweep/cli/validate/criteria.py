"""Find criteria that do not exist: a typing error, or a requirement that no study can measure. Called by `findings`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from hposweep.api.criteria import Criterion
from hposweep.api.stop_rules import StopRule
from hposweep.api.wire import wire_name
from hposweep.judge.criteria.registry import KINDS
from hposweep.judge.linter.finding import error
from hposweep.judge.linter.format import listed
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding

CRITERIA = tuple(wire_name(field.name) for field in fields(Criterion))
STOP_RULES = tuple(wire_name(field.name) for field in fields(StopRule))
_ANY_OF = "the list of rules already means any of them. Write one entry for each."
_STOP_REFUSALS = {"anyOf": _ANY_OF, **{kind.name: kind.stop_refusal for kind in KINDS}}


@dataclass(frozen=True, slots=True)
class UnknownCriterion:
    """One key that is not a criterion. `has_another`: a known criterion stands beside it."""

    path: str  # of the criterion
    key: str
    has_another: bool
    known: tuple[str, ...] = CRITERIA

    @property
    def finding(self) -> ContractFinding:
        field, detail = f"{self.path}.{self.key}", f"The criteria are {listed(self.known)}."
        refusal = _STOP_REFUSALS.get(self.key) if self.known is STOP_RULES else None
        if refusal is not None:
            return error(LinterRule.NOT_A_STOP_RULE, (field,), f"this cannot stop a sweep: {refusal}", detail)
        similar = difflib.get_close_matches(self.key, self.known, n=1, cutoff=0.75)
        sentence = (
            f"this is not a criterion; did you mean `{similar[0]}`?"
            if similar
            else "this is not a criterion that HPOSweep can measure. Remove it, or ask a person with `approval`."
        )
        return error(LinterRule.UNKNOWN_CRITERION, (field,), sentence, detail)


def unknown_criteria(body: Mapping[str, Any]) -> Iterator[UnknownCriterion]:
    spec = _mapping(body.get("spec"))
    for tier, criteria in _mapping(spec.get("success")).items():
        for position, criterion in enumerate(_list(criteria)):
            yield from _unknown(f"spec.success.{tier}[{position}]", criterion)
    for number, point in enumerate(_list(spec.get("decisionPoints"))):
        for position, rule in enumerate(_list(_mapping(point).get("rules"))):
            yield from _unknown(f"spec.decisionPoints[{number}].rules[{position}].when", _mapping(rule).get("when"))
    for position, rule in enumerate(_list(spec.get("stopWhen"))):
        yield from _unknown(f"spec.stopWhen[{position}]", rule, STOP_RULES)


def _unknown(path: str, criterion: Any, known: tuple[str, ...] = CRITERIA) -> Iterator[UnknownCriterion]:
    keys = [str(key) for key in _mapping(criterion)]
    for key in keys:
        if key not in known:
            yield UnknownCriterion(path, key, any(other in known for other in keys), known)
    if known is not CRITERIA:
        return
    for position, nested in enumerate(_list(_mapping(criterion).get("anyOf"))):
        yield from _unknown(f"{path}.anyOf[{position}]", nested)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
