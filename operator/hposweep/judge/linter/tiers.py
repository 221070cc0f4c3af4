"""Tiers against each other: a higher one is to ask for more, and never for what a lower one excludes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

from hposweep.api.names import KNOWN_TIERS, tier_order
from hposweep.api.spec import Spec
from hposweep.judge.criteria.kind import CriterionKind
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.criteria.threshold import Threshold
from hposweep.judge.linter.conflicts import Conflict, conflicts, ways
from hposweep.judge.linter.criterion_paths import Placed, lines, parts
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import listed
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.thresholds import thresholds
from hposweep.model.findings import ContractFinding


def findings(spec: Spec) -> Iterator[ContractFinding]:
    names = tier_order(spec.success)
    for name in names:
        yield from _with_itself(spec, name)
    for one, other in combinations(names, 2):
        ordered = _ordered(spec, one, other)
        if ordered is None:
            continue  # two tiers that stand side by side may ask for what they like
        clash = _clash(spec, *ordered)
        if clash is not None:
            yield _contradiction(*ordered, clash)
        yield from _not_nested(spec, *ordered, clash)


def _ordered(spec: Spec, one: str, other: str) -> tuple[str, str] | None:
    """The lower and the higher one: by their known names, else by what they ask of the same objective."""
    if one in KNOWN_TIERS and other in KNOWN_TIERS:
        return one, other
    for mine, yours in product(_asked(spec, one), _asked(spec, other)):
        if yours.implies(mine) and not mine.implies(yours):
            return one, other
        if mine.implies(yours) and not yours.implies(mine):
            return other, one
    return None


def _asked(spec: Spec, tier: str) -> list[Threshold]:
    plain = [line for line in lines(spec) if line.tier == tier]
    return [threshold for threshold in thresholds(spec, plain) if threshold.is_better]


def _with_itself(spec: Spec, tier: str) -> Iterator[ContractFinding]:
    found = [next(conflicts(spec, way), None) for way in ways(spec, tier)]
    if not found or None in found:
        return
    clash = next(conflict for conflict in found if conflict is not None)
    fields = tuple(placed.path for placed in clash.placed)
    message = (
        f"tier `{tier}` can never hold: {listed(fields)} exclude each other, since {clash.reason}; drop or mend one"
    )
    yield error(LinterRule.TIER_CONTRADICTS_ITSELF, fields, message)


def _clash(spec: Spec, lower: str, higher: str) -> Conflict | None:
    """Something that speaks against each way in which both could hold, and that is not the fault of one alone."""
    pairs = product(ways(spec, lower), ways(spec, higher))
    found = [next(_between(spec, low, high), None) for low, high in pairs]
    return None if not found or None in found else found[0]


def _between(spec: Spec, low: Sequence[Placed], high: Sequence[Placed]) -> Iterator[Conflict]:
    own = {conflict.about for way in (low, high) for conflict in conflicts(spec, way)}
    for conflict in conflicts(spec, (*low, *high)):
        if conflict.about not in own and len({placed.tier for placed in conflict.placed}) > 1:
            yield conflict


def _contradiction(lower: str, higher: str, clash: Conflict) -> ContractFinding:
    fields = tuple(placed.path for placed in clash.placed)
    message = (
        f"tiers `{lower}` and `{higher}` can never hold together: {listed(fields)} exclude each other, since "
        f"{clash.reason}; the higher tier must ask for more of the same"
    )
    are_known = lower in KNOWN_TIERS and higher in KNOWN_TIERS
    return (error if are_known else warning)(LinterRule.TIERS_CONTRADICT, fields, message)


def _not_nested(spec: Spec, lower: str, higher: str, clash: Conflict | None) -> Iterator[ContractFinding]:
    """Warn of a quantity of which the higher tier demands less than the lower one."""
    of_higher = tuple(parts(line for line in lines(spec) if line.tier == higher))
    in_clash = {placed.path for placed in clash.placed} if clash is not None else set()
    for line in lines(spec):
        if line.tier != lower or line.any_of is not None or line.path in in_clash:
            continue
        alike = [placed for placed in of_higher if _is_alike(spec, placed, line)]
        if not alike or all(any(_implies(spec, placed, line) for placed in way) for way in ways(spec, higher)):
            continue
        kind, _ = next(kinds_of(line.criterion))
        field = f"{line.path}.{kind.name}"
        fields = (field, *(placed.path for placed in alike))
        message = (
            f"tier `{higher}` can hold while `{lower}` does not: {listed(placed.path for placed in alike)} can be met "
            f"without `{field}`; make the higher tier the stricter one"
        )
        yield warning(LinterRule.TIERS_NOT_NESTED, fields, message)


def _is_alike(spec: Spec, one: Placed, other: Placed) -> bool:
    return any(kind.is_alike(mine, yours, spec) for kind, mine, yours in _of_one_kind(one, other))


def _implies(spec: Spec, one: Placed, other: Placed) -> bool:
    return any(kind.implies(mine, yours, spec) for kind, mine, yours in _of_one_kind(one, other))


def _of_one_kind(one: Placed, other: Placed) -> Iterator[tuple[CriterionKind[Any], Any, Any]]:
    yours = dict(kinds_of(other.criterion))
    for kind, mine in kinds_of(one.criterion):
        if kind in yours:
            yield kind, mine, yours[kind]
