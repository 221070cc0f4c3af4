"""The few statistics that verdicts rest on, on plain arrays. Criteria, comparison, health and simulations call them.

Higher values are better here: callers turn the sign of what is minimized. Each p is one-sided; None says that the data
cannot answer. Trials of an adaptive sampler are not alike (later ones are better whatever they try), so that groups are
compared within blocks of trials of the same age: van Elteren's stratified rank test.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

ONE_SIDED_95 = 1.645  # normal quantile; two of such bounds make a 90 % interval
# Fewer trials than this in a block say next to nothing, and the normal approximation would believe them.
SMALLEST_BLOCK = 4
# So many pairs can still be counted out exactly, sign by sign; beyond, the normal approximation is as good.
MOST_EXACT_PAIRS = 50
_BISECTIONS = 30  # halve an interval of 1 until a billionth is left of it

Floats = NDArray[np.float64]


def normal_survival(z: float) -> float:
    """The share of a standard normal distribution above `z`."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def wilson(successes: float, n: int, z: float = ONE_SIDED_95) -> tuple[float, float]:
    """Wilson's interval of a share; nothing is known of a share of nothing."""
    if n <= 0:
        return 0.0, 1.0
    share, slack = successes / n, z * z / n
    centre = (share + slack / 2) / (1 + slack)
    half = math.sqrt(slack * share * (1 - share) + slack * slack / 4) / (1 + slack)
    return max(0.0, centre - half), min(1.0, centre + half)


def quantile(values: ArrayLike, share: float) -> float:
    """Between the two nearest in proportion: numpy's default, at a twentieth of its price for a handful of values."""
    ordered = np.sort(np.asarray(values, dtype=float))
    place = share * (len(ordered) - 1)
    lower = int(place)
    upper = min(lower + 1, len(ordered) - 1)
    return float(ordered[lower] + (place - lower) * (ordered[upper] - ordered[lower]))


def average_ranks(values: ArrayLike, strata: NDArray[np.int64] | None = None) -> Floats:
    """Ranks from 1, equal values share their mean rank; with `strata` (0, 1, ...), ranks within each of them."""
    numbers = np.asarray(values, dtype=float)
    if not len(numbers):
        return numbers
    order = numbers.argsort(kind="stable") if strata is None else np.lexsort((numbers, strata))
    is_new = np.empty(len(numbers), dtype=bool)
    ordered = numbers[order]
    is_new[0], is_new[1:] = True, ordered[1:] != ordered[:-1]
    if strata is not None:
        of = strata[order]
        is_new[1:] |= of[1:] != of[:-1]
    firsts = is_new.nonzero()[0]
    lasts = np.empty_like(firsts)
    lasts[:-1], lasts[-1] = firsts[1:], len(numbers)
    ranks = np.empty(len(numbers))
    ranks[order] = ((firsts + lasts + 1) / 2).repeat(lasts - firsts)
    if strata is None:
        return ranks
    sizes = np.bincount(strata)
    return ranks - (sizes.cumsum() - sizes)[strata]


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Values that are held against many groups and numbers, and are ranked only once: among all, within each block.

    All ranks are less their mean. A block of size m weighs 1/(m+1) (van Elteren).
    """

    overall: Floats
    blocks: NDArray[np.int64]  # to which each value belongs
    sizes: NDArray[np.int64]  # of each block
    within: Floats
    squares: Floats  # of the ranks of each block, added up
    weights: Floats

    @classmethod
    def of(cls, values: ArrayLike, block: int) -> Ranked:
        """`block` consecutive values are of the same age."""
        numbers = np.asarray(values, dtype=float)
        blocks = np.arange(len(numbers), dtype=np.int64) // block
        sizes = np.bincount(blocks)
        within = average_ranks(numbers, blocks) - ((sizes + 1) / 2)[blocks]
        return cls(
            overall=average_ranks(numbers) - (len(numbers) + 1) / 2,
            blocks=blocks,
            sizes=sizes,
            within=within,
            squares=np.asarray(np.bincount(blocks, within * within), dtype=float),
            weights=np.where(sizes >= SMALLEST_BLOCK, 1 / (sizes + 1), 0.0),
        )


def stratified_by_group(ranked: Ranked, members: Sequence[bool] | NDArray[np.bool_]) -> float | None:
    """How likely it is that members look so much better than the others of their block when they are not."""
    return _stratified(ranked, np.asarray(members, dtype=float))


def stratified_by_rank(ranked: Ranked, parameter: ArrayLike) -> float | None:
    """The same for a number: how likely it is that larger ones look so much better when they are not."""
    return _stratified(ranked, average_ranks(parameter, ranked.blocks))


def two_sided(p: float) -> float:
    return min(1.0, 2 * min(p, 1 - p))


def spearman(ranked: Ranked, parameter: ArrayLike) -> float | None:
    """Rank correlation; None when one of the two never varies."""
    first, second = ranked.overall, average_ranks(parameter)
    second = second - (len(second) + 1) / 2
    spread = math.sqrt(float(first @ first) * float(second @ second))
    return float(first @ second) / spread if spread > 0 else None


def correlation_limit(correlation: float, n: int, z: float = ONE_SIDED_95) -> float:
    """The largest absolute correlation that fits, by Fisher's transformation."""
    if n <= 3 or abs(correlation) >= 1:
        return 1.0
    return math.tanh(math.atanh(abs(correlation)) + z / math.sqrt(n - 3))


def rank_sum(first: ArrayLike, second: ArrayLike) -> float | None:
    """How likely it is that the first look so much better than the second when they are not (Wilcoxon, Mann-Whitney).

    Normal approximation with ties and continuity corrected, so that it errs on the careful side.
    """
    ours, theirs = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    n, ranks = len(ours) + len(theirs), average_ranks(np.concatenate([ours, theirs]))
    if not len(ours) or not len(theirs):
        return None
    centred = ranks - (n + 1) / 2
    variance = len(ours) * len(theirs) / (n * (n - 1)) * float(centred @ centred)
    if variance <= 0:
        return None
    excess = float(centred[: len(ours)].sum())
    return normal_survival((excess - math.copysign(min(0.5, abs(excess)), excess)) / math.sqrt(variance))


def superiority(first: ArrayLike, second: ArrayLike, z: float = ONE_SIDED_95) -> tuple[float, float, float]:
    """How often one of the first beats one of the second (ties count half), and its interval (Newcombe's fifth)."""
    ours, theirs = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    ranks = average_ranks(np.concatenate([ours, theirs]))
    pairs = len(ours) * len(theirs)
    share = (float(ranks[: len(ours)].sum()) - len(ours) * (len(ours) + 1) / 2) / pairs
    weight = (len(ours) + len(theirs)) / 2 - 1

    def is_compatible(truth: float) -> bool:
        spread = 1 + weight * ((1 - truth) / (2 - truth) + truth / (1 + truth))
        return (share - truth) ** 2 <= z * z * truth * (1 - truth) * spread / pairs

    return share, _edge(is_compatible, share, 0.0), _edge(is_compatible, share, 1.0)


def signed_rank(differences: ArrayLike) -> float | None:
    """How likely it is that paired differences look so positive when they are not (Wilcoxon).

    Zeros are ranked and then left out (Pratt). Up to 50 pairs by all signs that could have been, ties or not.
    """
    gaps = np.asarray(differences, dtype=float)
    ranks = average_ranks(np.abs(gaps))
    counted, is_above = ranks[gaps != 0], gaps[gaps != 0] > 0
    if not len(counted):
        return None
    positive = float(counted[is_above].sum())
    if len(counted) > MOST_EXACT_PAIRS:
        expected, variance = float(counted.sum()) / 2, float(counted @ counted) / 4
        return normal_survival((positive - expected) / math.sqrt(variance))
    halves = np.rint(2 * counted).astype(np.int64)  # mean ranks of ties are halves
    chances = np.zeros(int(halves.sum()) + 1)
    chances[0] = 1.0
    for half in halves:
        shifted = np.zeros_like(chances)
        shifted[half:] = chances[:-half]
        chances = (chances + shifted) / 2
    return min(1.0, float(chances[round(2 * positive) :].sum()))


def _stratified(ranked: Ranked, scores: Floats) -> float | None:
    """Within each block centred ranks against centred scores."""
    blocks, sizes = ranked.blocks, ranked.sizes
    if not len(blocks):
        return None
    centred = scores - (np.bincount(blocks, scores) / sizes)[blocks]
    excess = float(ranked.weights @ np.bincount(blocks, ranked.within * centred))
    spread = ranked.squares * np.bincount(blocks, centred * centred) / np.maximum(sizes - 1, 1)
    variance = float(ranked.weights**2 @ spread)
    return normal_survival(excess / math.sqrt(variance)) if variance > 1e-12 else None


def _edge(is_compatible: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where what is compatible ends, between a point that is and a point that is not (or the end of the scale)."""
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if is_compatible(middle) else (inside, middle)
    return inside
