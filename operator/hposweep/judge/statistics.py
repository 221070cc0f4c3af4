"""The statistics behind the verdicts, on plain arrays. Called by criteria, comparison, health and simulations.

Higher values are better here: callers negate minimized ones. Each p is one-sided; None means that the data do not
suffice. Trials of an adaptive sampler are not exchangeable (later ones are better whatever they try), so that groups
are compared within blocks of trials of the same age: van Elteren's stratified rank test.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

ONE_SIDED_95 = 1.645  # normal quantile; two of such bounds make a 90 % interval
ALPHA = 0.05  # level of exact one-sided tests
# Smaller blocks are ignored, because the normal approximation is poor for them.
SMALLEST_BLOCK = 4
# Up to this many pairs the test is exact; beyond, the normal approximation is as good.
MAX_EXACT_PAIRS = 50
_NEGLIGIBLE = 1e-17  # share of a sum that further, smaller terms do not change
_BISECTIONS = 30  # halve an interval of 1 until a billionth is left of it

Floats = NDArray[np.float64]


def normal_survival(z: float) -> float:
    """Return the probability that a standard normal variable exceeds `z`."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def wilson(successes: float, n: int, z: float = ONE_SIDED_95) -> tuple[float, float]:
    """Return Wilson's interval of a share; 0 to 1 for a share of nothing."""
    if n <= 0:
        return 0.0, 1.0
    share, slack = successes / n, z * z / n
    centre = (share + slack / 2) / (1 + slack)
    half = math.sqrt(slack * share * (1 - share) + slack * slack / 4) / (1 + slack)
    return max(0.0, centre - half), min(1.0, centre + half)


def binomial_mid_p(successes: int, n: int, share: float) -> float:
    """Return the p-value that the true share is above `share`, by the exact binomial test.

    The outcome itself counts half (the mid-p value), because all of it makes the test too careful with few trials.
    """
    if not 0 < share < 1:
        return 0.0 if share <= 0 < successes else 1.0
    log_odds, log_miss = math.log(share) - math.log1p(-share), n * math.log1p(-share)
    total = 0.0
    for k in range(successes, n + 1):
        ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        term = math.exp(ways + k * log_odds + log_miss)
        total += term / 2 if k == successes else term
        if k > n * share and term < total * _NEGLIGIBLE:
            break
    return min(1.0, total)


def quantile(values: ArrayLike, share: float) -> float:
    """Return the quantile by linear interpolation: numpy's default, but 20 times faster for few values."""
    ascending = np.sort(np.asarray(values, dtype=float))
    place = share * (len(ascending) - 1)
    lower = int(place)
    upper = min(lower + 1, len(ascending) - 1)
    return float(ascending[lower] + (place - lower) * (ascending[upper] - ascending[lower]))


def average_ranks(values: ArrayLike, strata: NDArray[np.int64] | None = None) -> Floats:
    """Return ranks from 1; ties share their mean rank. With `strata` (0, 1, ...), rank within each of them."""
    numbers = np.asarray(values, dtype=float)
    if not len(numbers):
        return numbers
    order = numbers.argsort(kind="stable") if strata is None else np.lexsort((numbers, strata))
    is_new = np.empty(len(numbers), dtype=bool)
    ascending = numbers[order]
    is_new[0], is_new[1:] = True, ascending[1:] != ascending[:-1]
    if strata is not None:
        stratum = strata[order]
        is_new[1:] |= stratum[1:] != stratum[:-1]
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
    """Values that are ranked once, overall and within blocks, and compared with many groups and numbers.

    All ranks are centred. A block of size m has the weight 1/(m+1) (van Elteren).
    """

    overall: Floats
    blocks: NDArray[np.int64]  # the block of each value
    sizes: NDArray[np.int64]  # of each block
    within: Floats
    squares: Floats  # the sum of squared ranks of each block
    weights: Floats

    @classmethod
    def of(cls, values: ArrayLike, block: int) -> Ranked:
        """Rank the values; `block` consecutive ones are of the same age."""
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


def stratified_by_group(ranking: Ranked, members: Sequence[bool] | NDArray[np.bool_]) -> float | None:
    """Return the p-value that members are better than the others of their block."""
    return _stratified(ranking, np.asarray(members, dtype=float))


def stratified_by_rank(ranking: Ranked, parameter: ArrayLike) -> float | None:
    """Return the p-value that trials with a larger parameter are better within their block."""
    return _stratified(ranking, average_ranks(parameter, ranking.blocks))


def two_sided(p: float) -> float:
    """Return the two-sided p-value of a one-sided one."""
    return min(1.0, 2 * min(p, 1 - p))


def spearman(ranking: Ranked, parameter: ArrayLike) -> float | None:
    """Return the rank correlation; None when one of the two never varies."""
    first, second = ranking.overall, average_ranks(parameter)
    second = second - (len(second) + 1) / 2
    spread = math.sqrt(float(first @ first) * float(second @ second))
    return float(first @ second) / spread if spread > 0 else None


def correlation_limit(correlation: float, n: int, z: float = ONE_SIDED_95) -> float:
    """Return the upper limit of the absolute correlation, by Fisher's transformation."""
    if n <= 3 or abs(correlation) >= 1:
        return 1.0
    return math.tanh(math.atanh(abs(correlation)) + z / math.sqrt(n - 3))


def rank_sum(first: ArrayLike, second: ArrayLike) -> float | None:
    """Return the p-value that the first are better than the second (Wilcoxon, Mann-Whitney).

    Normal approximation, corrected for ties and continuity, so that it is conservative.
    """
    sample, reference = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    n, ranks = len(sample) + len(reference), average_ranks(np.concatenate([sample, reference]))
    if not len(sample) or not len(reference):
        return None
    centred = ranks - (n + 1) / 2
    variance = len(sample) * len(reference) / (n * (n - 1)) * float(centred @ centred)
    if variance <= 0:
        return None
    excess = float(centred[: len(sample)].sum())
    return normal_survival((excess - math.copysign(min(0.5, abs(excess)), excess)) / math.sqrt(variance))


def superiority(first: ArrayLike, second: ArrayLike, z: float = ONE_SIDED_95) -> tuple[float, float, float]:
    """Return how often a first beats a second (ties count half), with its interval (Newcombe's method 5)."""
    sample, reference = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    ranks = average_ranks(np.concatenate([sample, reference]))
    pairs = len(sample) * len(reference)
    share = (float(ranks[: len(sample)].sum()) - len(sample) * (len(sample) + 1) / 2) / pairs
    weight = (len(sample) + len(reference)) / 2 - 1

    def is_compatible(truth: float) -> bool:
        spread = 1 + weight * ((1 - truth) / (2 - truth) + truth / (1 + truth))
        return (share - truth) ** 2 <= z * z * truth * (1 - truth) * spread / pairs

    return share, _edge(is_compatible, share, 0.0), _edge(is_compatible, share, 1.0)


def signed_rank(differences: ArrayLike) -> float | None:
    """Return the p-value that paired differences are positive (Wilcoxon's signed rank test).

    Zeros are ranked and then dropped (Pratt). Exact for up to 50 pairs, with and without ties.
    """
    gaps = np.asarray(differences, dtype=float)
    ranks = average_ranks(np.abs(gaps))
    signed_ranks, is_above = ranks[gaps != 0], gaps[gaps != 0] > 0
    if not len(signed_ranks):
        return None
    positive = float(signed_ranks[is_above].sum())
    if len(signed_ranks) > MAX_EXACT_PAIRS:
        expected, variance = float(signed_ranks.sum()) / 2, float(signed_ranks @ signed_ranks) / 4
        return normal_survival((positive - expected) / math.sqrt(variance))
    halves = np.rint(2 * signed_ranks).astype(np.int64)  # mean ranks of ties are halves
    chances = np.zeros(int(halves.sum()) + 1)
    chances[0] = 1.0
    for half in halves:
        raised_chances = np.zeros_like(chances)
        raised_chances[half:] = chances[:-half]
        chances = (chances + raised_chances) / 2
    return min(1.0, float(chances[round(2 * positive) :].sum()))


def _stratified(ranking: Ranked, scores: Floats) -> float | None:
    """Return the p-value of centred ranks against centred scores within each block."""
    blocks, sizes = ranking.blocks, ranking.sizes
    if not len(blocks):
        return None
    centred = scores - (np.bincount(blocks, scores) / sizes)[blocks]
    excess = float(ranking.weights @ np.bincount(blocks, ranking.within * centred))
    spread = ranking.squares * np.bincount(blocks, centred * centred) / np.maximum(sizes - 1, 1)
    variance = float(ranking.weights**2 @ spread)
    return normal_survival(excess / math.sqrt(variance)) if variance > 1e-12 else None


def _edge(is_compatible: Callable[[float], bool], inside: float, outside: float) -> float:
    """Return the end of the compatible values, by bisection between a compatible and an incompatible point."""
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if is_compatible(middle) else (inside, middle)
    return inside
