"""Every criterion of a spec with the path that leads to it, in the order of the file. All families of rules walk it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hposweep.api.criteria import Criterion, SingleCriterion
from hposweep.api.decisions import DecisionPoint, DecisionRule
from hposweep.api.names import tier_order
from hposweep.api.spec import Spec


@dataclass(frozen=True, slots=True)
class Placed:
    """One criterion; those that `anyOf` nests stand for themselves, with `is_alternative`."""

    path: str  # spec.success.full[1].anyOf[0]
    criterion: SingleCriterion
    tier: str = ""
    point: DecisionPoint | None = None
    rule: DecisionRule | None = None
    is_alternative: bool = False

    @property
    def any_of(self) -> tuple[SingleCriterion, ...] | None:
        return self.criterion.any_of if isinstance(self.criterion, Criterion) else None


def lines(spec: Spec) -> Iterator[Placed]:
    """The criteria as they stand, `anyOf` as one."""
    for tier in tier_order(spec.success):
        for position, criterion in enumerate(spec.success[tier]):
            yield Placed(f"spec.success.{tier}[{position}]", criterion, tier=tier)
    for number, point in enumerate(spec.decision_points):
        for position, rule in enumerate(point.rules):
            path = f"spec.decisionPoints[{number}].rules[{position}].when"
            yield Placed(path, rule.when, point=point, rule=rule)


def parts(placed: Iterable[Placed]) -> Iterator[Placed]:
    """With the criteria that `anyOf` nests in its stead."""
    for line in placed:
        if line.any_of is None:
            yield line
            continue
        for position, criterion in enumerate(line.any_of):
            path = f"{line.path}.anyOf[{position}]"
            yield Placed(path, criterion, line.tier, line.point, line.rule, is_alternative=True)


def criteria(spec: Spec) -> Iterator[Placed]:
    return parts(lines(spec))
