"""The champions as they are, and the verdict on them. Made by `observe` and `judge`, read by `plan` and `report`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hposweep.api.conditions import COMPARED_CHAMPIONS, PENDING
from hposweep.model.history import History
from hposweep.model.ownership import OtherOwner
from hposweep.model.trials import Study


@dataclass(frozen=True, slots=True)
class ChampionsStudy:
    """The second study of a sweep. `study` is None before it exists; `history` is None unless the sweep owns it."""

    study: Study | None = None
    history: History | None = None
    other_owner: OtherOwner | None = None  # None when it is this sweep's own, or without an owner


@dataclass(frozen=True, slots=True)
class Champion:
    """One configuration of the search that is to be trained again. `rank`: 1 for the best."""

    rank: int
    trial: int
    value: float
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChampionResult:
    """A configuration and its values by seed. `low` and `high`: a 90 % interval of the mean.

    `baseline_p`: corrected probability of such a lead over the baseline by chance; `behind_p`: of being as far behind.
    """

    champion: Champion
    finished: int
    values: Mapping[int, float] = field(default_factory=dict)
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    baseline_p: float | None = None
    behind_p: float | None = None


@dataclass(frozen=True, slots=True)
class ChampionsResult:
    """The comparison of all of them, best mean first. `pick`: rank of the one to use, None when chance may rank them.

    `lead_p`: probability that the best mean leads each of the others by chance.
    """

    champions: tuple[ChampionResult, ...]
    baseline: float | None = None
    pick: int | None = None
    lead_p: float | None = None
    curse: float | None = None  # how much better the search showed them on average


@dataclass(frozen=True, slots=True)
class ChampionsVerdict:
    """The condition of the champions, and what is to be done for them."""

    status: str
    reason: str
    message: str
    is_active: bool = False  # the phase has work left
    champions: tuple[Champion, ...] = ()
    is_enqueued: bool = False  # the study of the champions has their trials
    finished: int = 0
    result: ChampionsResult | None = None
    gpus_per_worker: float = 0.0

    @property
    def is_due(self) -> bool:
        """Return whether the search has just ended, so that the next pass starts the phase."""
        return self.is_active and self.reason == PENDING

    @property
    def comparison(self) -> ChampionsResult | None:
        """Return the result that criteria judge; None when the training was stopped or has failed."""
        return self.result if self.reason in COMPARED_CHAMPIONS else None
