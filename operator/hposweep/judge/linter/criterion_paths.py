"""Every criterion of a spec with its path, in the order of the file. All families of rules walk it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hposweep.api.criteria import Criterion, SingleCriterion
from hposweep.api.decisions import DecisionPoint, DecisionRule
from hposweep.api.names import tier_order
from hposweep.api.spec import Spec


@dataclass(frozen=True, slots=True)
class LocatedCriterion:
    """One criterion and where it is. One that `anyOf` nests has a path of its own and `is_alternative`."""

    path: str  # spec.success.full[1].anyOf[0]
    criterion: SingleCriterion
    tier: str = ""
    point: DecisionPoint | None = None
    rule: DecisionRule | None = None
    is_alternative: bool = False
    is_stop_rule: bool = False

    @property
    def any_of(self) -> tuple[SingleCriterion, ...] | None:
        return self.criterion.any_of if isinstance(self.criterion, Criterion) else None


def criteria(spec: Spec) -> Iterator[LocatedCriterion]:
    """Yield the criteria of tiers, decision points and stop rules, `anyOf` as one."""
    for tier in tier_order(spec.success):
        for position, criterion in enumerate(spec.success[tier]):
            yield LocatedCriterion(f"spec.success.{tier}[{position}]", criterion, tier=tier)
    for number, point in enumerate(spec.decision_points):
        for position, rule in enumerate(point.rules):
            path = f"spec.decisionPoints[{number}].rules[{position}].when"
            yield LocatedCriterion(path, rule.when, point=point, rule=rule)
    for position, stop_rule in enumerate(spec.stop_when):
        if stop_rule.best_value is not None:
            goal = SingleCriterion(best_value=stop_rule.best_value)
            yield LocatedCriterion(f"spec.stopWhen[{position}]", goal, is_stop_rule=True)


def flattened(located_criteria: Iterable[LocatedCriterion]) -> Iterator[LocatedCriterion]:
    """Yield the same criteria, with the nested ones in place of an `anyOf`."""
    for located in located_criteria:
        if located.any_of is None:
            yield located
            continue
        for position, criterion in enumerate(located.any_of):
            path = f"{located.path}.anyOf[{position}]"
            yield LocatedCriterion(path, criterion, located.tier, located.point, located.rule, is_alternative=True)


def flat_criteria(spec: Spec) -> Iterator[LocatedCriterion]:
    return flattened(criteria(spec))
