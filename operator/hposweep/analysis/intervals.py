"""Intervals that assume no shape of the values. Called by `effects` and `comparison`; sources in docs/analysis.md."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

TWO_SIDED_95 = 1.959963984540054  # normal quantile
_TAIL = 0.025


def correlation_interval(correlation: float, n: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a rank correlation, by Fisher's transformation with the variance of Bonett, Wright.

    None below five trials, for which it is meaningless.
    """
    if n < 5:
        return None
    if abs(correlation) >= 1:
        return correlation, correlation
    half = TWO_SIDED_95 * math.sqrt((1 + correlation**2 / 2) / (n - 3))
    centre = math.atanh(correlation)
    return math.tanh(centre - half), math.tanh(centre + half)


def median_interval(values: ArrayLike) -> tuple[float, float] | None:
    """Return the 95 % interval of the median by order statistics (sign test); None below six values."""
    ascending = np.sort(np.asarray(values, dtype=float))
    rank = _smallest_rank(len(ascending))
    return None if rank < 1 else (float(ascending[rank - 1]), float(ascending[len(ascending) - rank]))


def _smallest_rank(n: int) -> int:
    """Return the largest rank r with P(Binomial(n, 1/2) < r) of at most 2.5 %; 0 when there is none."""
    total = 0.0
    for rank in range(n // 2 + 1):
        total += math.exp(math.lgamma(n + 1) - math.lgamma(rank + 1) - math.lgamma(n - rank + 1) - n * math.log(2))
        if total > _TAIL:
            return rank
    return n // 2
