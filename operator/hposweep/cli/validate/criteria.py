"""Find criteria that do not exist: a typing error, or a requirement that no study can measure. Called by `findings`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from hposweep.api.criteria import Criterion
from hposweep.api.wire import wire_name
from hposweep.judge.linter.finding import error
from hposweep.judge.linter.format import listed
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding

KNOWN = tuple(wire_name(field.name) for field in fields(Criterion))


@dataclass(frozen=True, slots=True)
class UnknownCriterion:
    """One key that is not a criterion. `has_another`: a known criterion stands beside it."""

    path: str  # of the criterion
    key: str
    has_another: bool

    @property
    def finding(self) -> ContractFinding:
        similar = difflib.get_close_matches(self.key, KNOWN, n=1, cutoff=0.75)
        sentence = (
            f"this is not a criterion; did you mean `{similar[0]}`?"
            if similar
            else "this is not a criterion that HPOSweep can measure. Remove it and decide by hand after the sweep."
        )
        detail = f"The criteria are {listed(KNOWN)}."
        return error(LinterRule.UNKNOWN_CRITERION, (f"{self.path}.{self.key}",), sentence, detail)


def unknown_criteria(body: Mapping[str, Any]) -> Iterator[UnknownCriterion]:
    spec = _mapping(body.get("spec"))
    for tier, criteria in _mapping(spec.get("success")).items():
        for position, criterion in enumerate(_list(criteria)):
            yield from _unknown(f"spec.success.{tier}[{position}]", criterion)
    for number, point in enumerate(_list(spec.get("decisionPoints"))):
        for position, rule in enumerate(_list(_mapping(point).get("rules"))):
            yield from _unknown(f"spec.decisionPoints[{number}].rules[{position}].when", _mapping(rule).get("when"))


def _unknown(path: str, criterion: Any) -> Iterator[UnknownCriterion]:
    keys = [str(key) for key in _mapping(criterion)]
    for key in keys:
        if key not in KNOWN:
            yield UnknownCriterion(path, key, has_another=any(other in KNOWN for other in keys))
    for position, nested in enumerate(_list(_mapping(criterion).get("anyOf"))):
        yield from _unknown(f"{path}.anyOf[{position}]", nested)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
