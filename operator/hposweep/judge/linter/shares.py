"""The shares of the elite that criteria demand of one parameter. `conflicts` asks which of them exclude each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hposweep.api.space import size
from hposweep.api.spec import Spec
from hposweep.judge.linter.criterion_paths import LocatedCriterion
from hposweep.judge.linter.format import literal, percent
from hposweep.judge.linter.parameters import parameter_of

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Shares:
    """Demands of named choices, and demands of whichever choice leads."""

    parameter: str
    choices: int | None  # of the parameter; None when they are not countable
    named: tuple[LocatedCriterion, ...]
    leaders: tuple[LocatedCriterion, ...]

    @cached_property
    def demanded(self) -> Mapping[str, float]:
        """The largest demand of every named choice."""
        shares: dict[str, float] = {}
        for located in self.named:
            share = located.criterion.elite_share
            if share is not None:
                name = literal(share.value)
                shares[name] = max(shares.get(name, 0.0), share.min or 0.0)
        return shares

    @property
    def total(self) -> float:
        return sum(self.demanded.values())

    @property
    def words(self) -> str:
        shares = ((choice.strip('"'), share) for choice, share in self.demanded.items())
        return " and ".join(f"{percent(share)} of `{choice}`" for choice, share in shares)

    def sum_exceeds_one(self) -> str | None:
        """Return the reason when the named choices need more than the whole elite."""
        return f"{self.words} are more than the whole elite" if self.total > 1 + _ROUNDING else None

    def two_winners(self) -> str | None:
        """Return the reason when both of two choices are demanded: only one can be better than the other."""
        if len(self.demanded) == 2 and self.choices == 2:
            return f"of two choices of `{self.parameter}` only one can be the better one"
        return None

    def leader_impossible(self, leader: LocatedCriterion) -> str | None:
        """Return the reason when no choice can have the leader's share beside the named ones."""
        share = leader.criterion.elite_share
        demand = (share.min if share is not None else None) or 0.0
        rest = 1 - self.total
        possible = [rest + named for named in self.demanded.values()]
        if self.choices is None or self.choices > len(self.demanded):
            possible.append(rest)
        if self.demanded and demand > max(possible) + _ROUNDING:
            return f"with {self.words} of the elite no choice of `{self.parameter}` can have {percent(demand)}"
        return None


def shares(spec: Spec, located_criteria: Sequence[LocatedCriterion]) -> Iterator[Shares]:
    """Yield the demands of every parameter."""
    by_parameter: dict[str, list[LocatedCriterion]] = {}
    for located in located_criteria:
        if located.criterion.elite_share is not None:
            by_parameter.setdefault(located.criterion.elite_share.parameter, []).append(located)
    for name, group in by_parameter.items():
        parameter = parameter_of(spec, name)
        named = tuple(located for located in group if _names_a_choice(located))
        leaders = tuple(located for located in group if not _names_a_choice(located))
        yield Shares(name, size(parameter) if parameter is not None else None, named, leaders)


def _names_a_choice(located: LocatedCriterion) -> bool:
    share = located.criterion.elite_share
    return share is not None and share.value is not None
