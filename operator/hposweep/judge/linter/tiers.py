"""Tiers compared with each other: a higher one demands more, and never what a lower one excludes."""

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
from hposweep.judge.linter.criterion_paths import LocatedCriterion, criteria, flattened
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
            continue  # neither tier is the higher one, so both may demand anything
        clash = _clash(spec, *ordered)
        if clash is not None:
            yield _contradiction(*ordered, clash)
        yield from _not_nested(spec, *ordered, clash)


def _ordered(spec: Spec, one: str, other: str) -> tuple[str, str] | None:
    """Return the lower and the higher tier: by their known names, else by their demands of the same objective."""
    if one in KNOWN_TIERS and other in KNOWN_TIERS:
        return one, other
    for mine, yours in product(_demands(spec, one), _demands(spec, other)):
        if yours.implies(mine) and not mine.implies(yours):
            return one, other
        if mine.implies(yours) and not yours.implies(mine):
            return other, one
    return None


def _demands(spec: Spec, tier: str) -> list[Threshold]:
    plain = [located for located in criteria(spec) if located.tier == tier]
    return [threshold for threshold in thresholds(spec, plain) if threshold.is_better]


def _with_itself(spec: Spec, tier: str) -> Iterator[ContractFinding]:
    clashes = [next(conflicts(spec, way), None) for way in ways(spec, tier)]
    if not clashes or None in clashes:
        return
    clash = next(conflict for conflict in clashes if conflict is not None)
    sentence = f"tier `{tier}` can never hold: {clash.reason}. Remove or change a criterion."
    yield error(LinterRule.TIER_CONTRADICTS_ITSELF, _paths(clash), sentence, _excluded(clash))


def _clash(spec: Spec, lower: str, higher: str) -> Conflict | None:
    """Return a conflict that prevents each way in which both tiers could hold, and that is not the fault of one."""
    pairs = product(ways(spec, lower), ways(spec, higher))
    clashes = [next(_between(spec, low, high), None) for low, high in pairs]
    return None if not clashes or None in clashes else clashes[0]


def _between(spec: Spec, low: Sequence[LocatedCriterion], high: Sequence[LocatedCriterion]) -> Iterator[Conflict]:
    own = {conflict.about for way in (low, high) for conflict in conflicts(spec, way)}
    for conflict in conflicts(spec, (*low, *high)):
        if conflict.about not in own and len({located.tier for located in conflict.criteria}) > 1:
            yield conflict


def _contradiction(lower: str, higher: str, clash: Conflict) -> ContractFinding:
    sentence = f"tiers `{lower}` and `{higher}` cannot both hold: {clash.reason}."
    detail = f"{_excluded(clash)} The higher tier must demand more of the same."
    are_known = lower in KNOWN_TIERS and higher in KNOWN_TIERS
    return (error if are_known else warning)(LinterRule.TIERS_CONTRADICT, _paths(clash), sentence, detail)


def _paths(clash: Conflict) -> tuple[str, ...]:
    return tuple(located.path for located in clash.criteria)


def _excluded(clash: Conflict) -> str:
    return f"It excludes {listed(_paths(clash)[1:])}."


def _not_nested(spec: Spec, lower: str, higher: str, clash: Conflict | None) -> Iterator[ContractFinding]:
    """Warn of a quantity of which the higher tier demands less than the lower one."""
    of_higher = tuple(flattened(located for located in criteria(spec) if located.tier == higher))
    in_clash = set(_paths(clash)) if clash is not None else set()
    for located in criteria(spec):
        if located.tier != lower or located.any_of is not None or located.path in in_clash:
            continue
        alike = [other for other in of_higher if _is_alike(spec, other, located)]
        if not alike or all(any(_implies(spec, other, located) for other in way) for way in ways(spec, higher)):
            continue
        kind, _ = next(kinds_of(located.criterion))
        paths = tuple(other.path for other in alike)
        sentence = f"tier `{higher}` can hold while `{lower}` does not. Make the higher tier the stricter one."
        detail = f"{listed(paths)} can be met without this criterion."
        yield warning(LinterRule.TIERS_NOT_NESTED, (f"{located.path}.{kind.name}", *paths), sentence, detail)


def _is_alike(spec: Spec, one: LocatedCriterion, other: LocatedCriterion) -> bool:
    return any(kind.is_alike(mine, yours, spec) for kind, mine, yours in _of_one_kind(one, other))


def _implies(spec: Spec, one: LocatedCriterion, other: LocatedCriterion) -> bool:
    return any(kind.implies(mine, yours, spec) for kind, mine, yours in _of_one_kind(one, other))


def _of_one_kind(one: LocatedCriterion, other: LocatedCriterion) -> Iterator[tuple[CriterionKind[Any], Any, Any]]:
    yours = dict(kinds_of(other.criterion))
    for kind, mine in kinds_of(one.criterion):
        if kind in yours:
            yield kind, mine, yours[kind]
