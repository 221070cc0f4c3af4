"""Criteria that cannot hold together, of one tier or of two. Pure logic, worded by `tiers`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from hposweep.api.space import size
from hposweep.api.spec import Spec
from hposweep.judge.linter.criterion_paths import Placed, lines, parts
from hposweep.judge.linter.parameters import parameter_of
from hposweep.judge.linter.thresholds import thresholds

MOST_WAYS = 16  # several `anyOf` multiply; beyond that nothing is said, rather than something slow
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Conflict:
    """These exclude each other, for this reason."""

    placed: tuple[Placed, ...]
    reason: str
    about: tuple[str, str]  # which rule, and of which objective or parameter


def ways(spec: Spec, tier: str) -> tuple[tuple[Placed, ...], ...]:
    """All lists of plain criteria by which a tier can hold, one for each pick out of its `anyOf`s; () when too many."""
    picks = [tuple(parts([line])) for line in lines(spec) if line.tier == tier]
    return tuple(product(*picks)) if math.prod(map(len, picks)) <= MOST_WAYS else ()


def conflicts(spec: Spec, together: Sequence[Placed]) -> Iterator[Conflict]:
    for one, other in combinations(thresholds(spec, together), 2):
        if one.excludes(other):
            low, high = sorted((one.value, other.value))
            reason = f"no value is above {high:.5g} and below {low:.5g}"
            yield Conflict((one.placed, other.placed), reason, ("bounds", one.goal.name))
    shares = [placed for placed in together if placed.criterion.elite_share is not None]
    for name in dict.fromkeys(
        placed.criterion.elite_share.parameter for placed in shares if placed.criterion.elite_share
    ):
        yield from _shares(spec, name, shares)


def _shares(spec: Spec, name: str, shares: Sequence[Placed]) -> Iterator[Conflict]:
    named: list[tuple[Placed, object, float]] = []
    leaders: list[tuple[Placed, float]] = []
    for placed in shares:
        share = placed.criterion.elite_share
        if share is None or share.parameter != name:
            continue
        if share.value is None:
            leaders.append((placed, share.min or 0.0))
        else:
            named.append((placed, share.value, share.min or 0.0))
    least: dict[str, float] = {}
    for _, value, share_min in named:
        least[repr(value)] = max(least.get(repr(value), 0.0), share_min)
    of_named = tuple(placed for placed, _, _ in named)
    asked = " and ".join(f"{100 * share:.3g} % of {value}" for value, share in least.items())
    total = sum(least.values())
    if total > 1 + _ROUNDING:
        yield Conflict(of_named, f"{asked} of the elite are more than all of it", ("sum", name))
    parameter = parameter_of(spec, name)
    choices = size(parameter) if parameter is not None else None
    if len(least) == 2 and choices == 2:
        yield Conflict(of_named, f"of two choices of `{name}` only one can be the better one", ("winner", name))
    for placed, wanted in leaders:
        room = 1 - total
        others_may_lead = choices is None or choices > len(least)
        best = max([room + share for share in least.values()] + ([room] if others_may_lead else []), default=0.0)
        if least and wanted > best + _ROUNDING:
            reason = f"with {asked} of the elite no choice of `{name}` can have {100 * wanted:.3g} %"
            yield Conflict((placed, *of_named), reason, ("leader", name))
