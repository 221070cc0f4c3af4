"""Criteria that cannot hold together, of one tier or of two. `tiers` turns them into findings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from hposweep.api.spec import Spec
from hposweep.judge.linter.criterion_paths import LocatedCriterion, criteria, flattened
from hposweep.judge.linter.format import number
from hposweep.judge.linter.shares import Shares, shares
from hposweep.judge.linter.thresholds import thresholds

MAX_WAYS = 16  # several `anyOf` multiply; beyond that no conflict is reported, because it would be slow


@dataclass(frozen=True, slots=True)
class Conflict:
    """These criteria exclude each other, for this reason."""

    criteria: tuple[LocatedCriterion, ...]
    reason: str
    about: tuple[str, str]  # the rule, and the objective or the parameter


def ways(spec: Spec, tier: str) -> tuple[tuple[LocatedCriterion, ...], ...]:
    """Return every list of plain criteria by which a tier can hold, one per pick from its `anyOf`s; () if too many."""
    picks = [tuple(flattened([located])) for located in criteria(spec) if located.tier == tier]
    return tuple(product(*picks)) if math.prod(map(len, picks)) <= MAX_WAYS else ()


def conflicts(spec: Spec, together: Sequence[LocatedCriterion]) -> Iterator[Conflict]:
    for one, other in combinations(thresholds(spec, together), 2):
        if one.excludes(other):
            low, high = sorted((one.value, other.value))
            reason = f"no value is above {number(high)} and below {number(low)}"
            yield Conflict((one.located, other.located), reason, ("bounds", one.goal.name))
    for of_parameter in shares(spec, together):
        yield from _of_shares(of_parameter)


def _of_shares(of_parameter: Shares) -> Iterator[Conflict]:
    name, named = of_parameter.parameter, of_parameter.named
    for rule, reason in (("sum", of_parameter.sum_exceeds_one()), ("winner", of_parameter.two_winners())):
        if reason is not None:
            yield Conflict(named, reason, (rule, name))
    for leader in of_parameter.leaders:
        reason = of_parameter.leader_impossible(leader)
        if reason is not None:
            yield Conflict((leader, *named), reason, ("leader", name))
