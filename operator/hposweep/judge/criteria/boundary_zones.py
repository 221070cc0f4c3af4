"""One numeric parameter at its two bounds: how many of the elite are near, and the result of probes.

`boundaries_resolved` calls it once for each parameter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hposweep.judge.criteria.numeric_trend import p_larger_better
from hposweep.judge.criteria.pairs import MIN_PAIRS, PairTest, pair_test
from hposweep.judge.criteria.verdicts import EXACT, corrected, is_significant, p_words
from hposweep.judge.evidence import Evidence
from hposweep.judge.sample import Sample
from hposweep.judge.statistics import Floats, wilson
from hposweep.model.history import History
from hpotrial.protocol import PROBED_HIGH, PROBED_LOW

INSIDE, TOUCHING, OPEN = "inside", "touching", "open"
# Largest share of the elite near the bounds.
MAX_NEAR = 0.05
# Inside: none of the best five is in a zone that is 1.5 times as wide. At the bound: two of the best three are.
BEST_FEW, WIDER = 5, 1.5
VERY_BEST, MIN_VERY_BEST_NEAR = 3, 2
# Largest p of a trend towards the bound; one condition among others, not a test of its own.
MAX_P_TREND = 0.05
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of a range; `step` None: any number between them."""

    low: float
    high: float
    log: bool
    step: float | None
    is_whole: bool

    def positions(self, values: Floats) -> Floats:
        """Return 0 at the lower bound, 1 at the upper."""
        if self.log and self.low > 0:
            values = np.log(np.maximum(values, 1e-300))
            low, high = math.log(self.low), math.log(self.high)
        else:
            low, high = self.low, self.high
        return (values - low) / (high - low)

    def share_of_zone(self, side: str, margin: float) -> float:
        """Return the share of the range that an outer zone is to a sampler without preference."""
        if self.step is None:
            return margin
        if not self.log:
            return max(margin, 1 / ((self.high - self.low) / self.step + 1))
        # On the logarithmic scale each whole number stands for the numbers nearest to it.
        end = self.low if side == PROBED_LOW else self.high
        return max(margin, math.log((end + 0.5) / (end - 0.5)) / math.log((self.high + 0.5) / (self.low - 0.5)))


@dataclass(frozen=True, slots=True)
class Zones:
    """The result for one parameter."""

    outcome: str
    near: int  # of the elite, at either bound
    elite: int
    trials: int
    words: str
    numbers: Mapping[str, Any]
    is_decided_by_probes: bool
    touched: tuple[str, ...] = ()  # the bounds where the better trials are


@dataclass(frozen=True, slots=True)
class _Side:
    """One bound. `trend`: one-sided p that better trials lie towards it."""

    name: str
    near: int
    elite: int
    best_near: int
    trend: float | None
    share_of_zone: float
    comparisons: int
    probes: PairTest

    @property
    def is_probed(self) -> bool:
        return self.probes.pairs >= MIN_PAIRS

    @property
    def is_touched(self) -> bool:
        if self.is_probed:
            return is_significant(self.probes.p, 2 * self.comparisons, EXACT)
        is_crowded = wilson(self.near, self.elite)[0] > self.share_of_zone
        points_here = self.trend is not None and self.trend * self.comparisons < MAX_P_TREND
        return is_crowded and points_here and self.best_near >= MIN_VERY_BEST_NEAR

    @property
    def is_refuted(self) -> bool:
        """Probes showed that values at the bound are worse."""
        return self.is_probed and is_significant(self.probes.p_worse, 2 * self.comparisons, EXACT)


def zones(
    evidence: Evidence,
    history: History,
    name: str,
    bounds: Bounds,
    margin: float,
    comparisons: int,
    trial_sample: Sample,
    numbers: Floats,
) -> Zones:
    """Measure both sides. `comparisons`: parameters of the criterion, for the correction."""
    positions = bounds.positions(numbers[trial_sample.elite])
    larger = p_larger_better(evidence, history, name, numbers)
    smaller = None if larger is None else 1 - larger
    sides = tuple(
        _Side(
            name=side,
            near=int(_is_near(distance, margin).sum()),
            elite=len(positions),
            best_near=int(_is_near(distance[:VERY_BEST], margin).sum()),
            trend=trend,
            share_of_zone=bounds.share_of_zone(side, margin),
            comparisons=comparisons,
            probes=pair_test(evidence, history, name, side),
        )
        for side, distance, trend in ((PROBED_LOW, positions, smaller), (PROBED_HIGH, 1 - positions, larger))
    )
    near = sum(side.near for side in sides)
    wider = margin if bounds.is_whole else WIDER * margin
    distances = np.minimum(positions, 1 - positions)[:BEST_FEW]
    is_inside = near <= MAX_NEAR * len(positions) and not _is_near(distances, wider).any()
    return Zones(
        outcome=_outcome(sides, is_inside=is_inside),
        near=near,
        elite=len(positions),
        trials=trial_sample.n,
        words=_words(sides, len(positions)),
        numbers={"elite": len(positions), **{side.name: _side_numbers(side) for side in sides}},
        is_decided_by_probes=all(side.is_refuted for side in sides),
        touched=tuple(side.name for side in sides if side.is_touched),
    )


def _is_near(distance: Floats, margin: float) -> NDArray[np.bool_]:
    """Tell which values are near: the end value always is, a value exactly at the margin is not."""
    near: NDArray[np.bool_] = (distance < margin - _ROUNDING) | (distance <= _ROUNDING)
    return near


def _outcome(sides: tuple[_Side, ...], *, is_inside: bool) -> str:
    if any(side.is_touched for side in sides):
        return TOUCHING
    return INSIDE if is_inside or all(side.is_refuted for side in sides) else OPEN


def _words(sides: tuple[_Side, ...], elite: int) -> str:
    counts = " and ".join(f"{side.near} {side.name}" for side in sides)
    probes = [
        f"{side.name}: {'no gain' if not side.is_touched else 'better'} there in {side.probes.pairs} probes "
        f"({p_words(corrected(side.probes.p, 2 * side.comparisons))})"
        for side in sides
        if side.is_probed
    ]
    trends = [f"trend to the {side.name} end, {p_words(side.trend)}" for side in sides if side.is_touched]
    return f"{counts} of {elite}" + "".join(f"; {words}" for words in (probes or trends))


def _side_numbers(side: _Side) -> dict[str, Any]:
    low, high = wilson(side.near, side.elite)
    probes = {"probes": side.probes.pairs, "pProbes": side.probes.p} if side.probes.pairs else {}
    return {"near": side.near, "low": low, "high": high, "pTrend": side.trend, **probes}
