"""`spec.champions`: train the best configurations again after the search; `status.champions`: how they compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ChampionsSpec:
    """The best `top` configurations, each trained with `seeds` seeds.

    `overrides`: values in place of those of `spec.objective.fixed`. `metric`: the objective that ranks them, where the
    study has several.
    """

    top: int = 3
    seeds: int = 3
    overrides: Mapping[str, Any] = field(default_factory=dict)
    metric: str | None = None
    timeout_seconds: int | None = None
    template: Mapping[str, Any] | None = None

    @property
    def trials(self) -> int:
        """The number of trials, when the search has as many configurations."""
        return self.top * self.seeds


@dataclass(frozen=True, slots=True)
class ChampionStatus:
    """One configuration: its trial and value in the search, and what it gives when it is trained again.

    `p`: corrected probability of such a lead over the baseline by chance.
    """

    rank: int
    trial: int
    search_value: float
    finished: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    params: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ChampionsStatus:
    """The study of the champions, its progress, and the comparison. `pick`: rank of the one to use."""

    study: str
    trials: int
    finished: int
    champions: tuple[ChampionStatus, ...] = ()
    pick: int | None = None
    overrides: Mapping[str, Any] | None = None
