"""One numeric parameter at its two bounds: how many of the elite are near, and what probes say.

`boundaries_resolved` asks, once for each parameter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hposweep.judge.criteria.numeric_trend import p_larger_better
from hposweep.judge.criteria.pairs import FEWEST_PAIRS, PairTest, pair_test
from hposweep.judge.criteria.verdicts import EXACT, corrected, is_significant, p_words
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import Sample
from hposweep.judge.statistics import Floats, wilson
from hposweep.model.history import History
from hpotrial.protocol import PROBED_HIGH, PROBED_LOW

INSIDE, TOUCHING, OPEN = "inside", "touching", "open"
# The elite may have one in twenty near the bounds.
MOST_NEAR = 0.05
# Of the best few none may be near, by a wider measure; or most of the very best are.
BEST_FEW, WIDER = 5, 1.5
VERY_BEST, MOST_OF_THE_VERY_BEST = 3, 2
# How unlikely a trend towards the bound must be if there is none; a clause beside others, not a test of its own.
TREND = 0.05
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of a range; `step` None: any number between them."""

    low: float
    high: float
    log: bool
    step: float | None
    is_whole: bool

    def places(self, values: Floats) -> Floats:
        """0 at the lower bound, 1 at the upper."""
        if self.log and self.low > 0:
            values = np.log(np.maximum(values, 1e-300))
            low, high = math.log(self.low), math.log(self.high)
        else:
            low, high = self.low, self.high
        return (values - low) / (high - low)

    def share_of_zone(self, side: str, margin: float) -> float:
        """How much of the range an outer zone is to a sampler without preference, when it has few values."""
        if self.step is None:
            return margin
        if not self.log:
            return max(margin, 1 / ((self.high - self.low) / self.step + 1))
        # Each whole number has what is nearest to it, on the logarithmic scale.
        end = self.low if side == PROBED_LOW else self.high
        return max(margin, math.log((end + 0.5) / (end - 0.5)) / math.log((self.high + 0.5) / (self.low - 0.5)))


@dataclass(frozen=True, slots=True)
class Zones:
    """What one parameter came to."""

    outcome: str
    near: int  # of the elite, at either bound
    elite: int
    trials: int
    words: str
    numbers: Mapping[str, Any]
    is_decided_by_probes: bool


@dataclass(frozen=True, slots=True)
class _Side:
    """One bound. `trend`: one-sided p that better trials lie towards it."""

    name: str
    near: int
    elite: int
    best_near: int
    trend: float | None
    share_of_zone: float
    looked_at: int
    probes: PairTest

    @property
    def is_probed(self) -> bool:
        return self.probes.pairs >= FEWEST_PAIRS

    @property
    def is_touched(self) -> bool:
        if self.is_probed:
            return is_significant(self.probes.p, 2 * self.looked_at, EXACT)
        is_crowded = wilson(self.near, self.elite)[0] > self.share_of_zone
        points_here = self.trend is not None and self.trend * self.looked_at < TREND
        return is_crowded and points_here and self.best_near >= MOST_OF_THE_VERY_BEST

    @property
    def is_refuted(self) -> bool:
        """Probes have shown that it is worse at the bound."""
        return self.is_probed and is_significant(self.probes.p_worse, 2 * self.looked_at, EXACT)


def zones(
    evidence: Evidence,
    history: History,
    name: str,
    bounds: Bounds,
    margin: float,
    looked_at: int,
    drawn: Sample,
    numbers: Floats,
) -> Zones:
    """`looked_at`: parameters in the criterion, for the correction."""
    places = bounds.places(numbers[drawn.elite])
    larger = p_larger_better(evidence, history, name, numbers)
    smaller = None if larger is None else 1 - larger
    sides = tuple(
        _Side(
            name=side,
            near=int(_is_near(distance, margin).sum()),
            elite=len(places),
            best_near=int(_is_near(distance[:VERY_BEST], margin).sum()),
            trend=trend,
            share_of_zone=bounds.share_of_zone(side, margin),
            looked_at=looked_at,
            probes=pair_test(evidence, history, name, side),
        )
        for side, distance, trend in ((PROBED_LOW, places, smaller), (PROBED_HIGH, 1 - places, larger))
    )
    near = sum(side.near for side in sides)
    wider = margin if bounds.is_whole else WIDER * margin
    few = np.minimum(places, 1 - places)[:BEST_FEW]
    is_inside = near <= MOST_NEAR * len(places) and not _is_near(few, wider).any()
    return Zones(
        outcome=_outcome(sides, is_inside=is_inside),
        near=near,
        elite=len(places),
        trials=drawn.n,
        words=_words(sides, len(places)),
        numbers={"elite": len(places), **{side.name: _side_numbers(side) for side in sides}},
        is_decided_by_probes=all(side.is_refuted for side in sides),
    )


def _is_near(distance: Floats, margin: float) -> NDArray[np.bool_]:
    """The end value itself always is; of a stepped range the value just at the margin is not."""
    near: NDArray[np.bool_] = (distance < margin - _ROUNDING) | (distance <= _ROUNDING)
    return near


def _outcome(sides: tuple[_Side, ...], *, is_inside: bool) -> str:
    if any(side.is_touched for side in sides):
        return TOUCHING
    return INSIDE if is_inside or all(side.is_refuted for side in sides) else OPEN


def _words(sides: tuple[_Side, ...], elite: int) -> str:
    counts = " and ".join(f"{side.near} {side.name}" for side in sides)
    probed = [
        f"{side.name}: {'no gain' if not side.is_touched else 'better'} there in {side.probes.pairs} probes "
        f"({p_words(corrected(side.probes.p, 2 * side.looked_at))})"
        for side in sides
        if side.is_probed
    ]
    trends = [f"trend to the {side.name} end, {p_words(side.trend)}" for side in sides if side.is_touched]
    return f"{counts} of {elite}" + "".join(f"; {words}" for words in (probed or trends))


def _side_numbers(side: _Side) -> dict[str, Any]:
    low, high = wilson(side.near, side.elite)
    probed = {"probes": side.probes.pairs, "pProbes": side.probes.p} if side.probes.pairs else {}
    return {"near": side.near, "low": low, "high": high, "pTrend": side.trend, **probed}
