"""Student's t test on few paired values, and Holm's correction for several tests. Called by `comparison`.

The difference of two configurations with the same seeds is symmetric when they are equally good, so that the test is
exact or careful for it whatever the distribution. Ranks cannot help: with three seeds, no rank test reaches 5 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

MIN_VALUES = 2  # of which a spread can be computed
_NEGLIGIBLE = 1e-9  # of the size of the values: a spread below is rounding
_BISECTIONS = 60


def t_survival(t: float, freedom: int) -> float:
    """Return the probability that Student's t with so many degrees of freedom exceeds `t`, by its finite series."""
    angle = math.atan(abs(t) / math.sqrt(freedom))
    cosine = math.cos(angle)
    is_odd = freedom % 2
    term = total = (cosine if is_odd else 1.0) if freedom > 1 else 0.0
    for step in range(3 if is_odd else 2, freedom - 1, 2):
        term *= cosine * cosine * (step - 1) / step
        total += term
    inside = 2 / math.pi * (angle + math.sin(angle) * total) if is_odd else math.sin(angle) * total
    tail = max(0.0, (1 - inside) / 2)
    return tail if t >= 0 else 1 - tail


def t_quantile(tail: float, freedom: int) -> float:
    """Return the value that Student's t exceeds with this probability, below one half."""
    low, high = 0.0, 1.0
    while t_survival(high, freedom) > tail:
        high *= 2
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if t_survival(middle, freedom) > tail else (low, middle)
    return (low + high) / 2


def mean_p(values: Sequence[float], size: float = 0.0) -> float | None:
    """Return the one-sided p-value that the mean is above 0; None without two values or a spread.

    `size`: of the numbers that the values are differences of, against which a spread may be rounding.
    """
    numbers = np.asarray(values, dtype=float)
    if len(numbers) < MIN_VALUES:
        return None
    spread = float(numbers.std(ddof=1))
    if spread <= _NEGLIGIBLE * max(size, float(np.abs(numbers).max())):
        return None
    return t_survival(float(numbers.mean()) / (spread / math.sqrt(len(numbers))), len(numbers) - 1)


def two_sample_p(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return the one-sided p-value that the first are higher, unpaired; None when neither sample has a spread."""
    samples = [np.asarray(values, dtype=float) for values in (first, second)]
    freedom = sum(len(values) - 1 for values in samples)
    if any(len(values) < MIN_VALUES for values in samples):
        return None
    variance = sum(float(values.var()) * len(values) for values in samples) / freedom
    size = max(float(np.abs(values).max()) for values in samples)
    if math.sqrt(variance) <= _NEGLIGIBLE * size:
        return None
    error = math.sqrt(variance * sum(1 / len(values) for values in samples))
    return t_survival(float(samples[0].mean() - samples[1].mean()) / error, freedom)


def mean_interval(values: Sequence[float], tail: float = 0.05) -> tuple[float, float] | None:
    """Return the interval of the mean that misses it on each side with this probability; None for fewer than two."""
    numbers = np.asarray(values, dtype=float)
    if len(numbers) < MIN_VALUES:
        return None
    half = t_quantile(tail, len(numbers) - 1) * float(numbers.std(ddof=1)) / math.sqrt(len(numbers))
    return float(numbers.mean()) - half, float(numbers.mean()) + half


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values corrected for their number, by Holm's method."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted, highest = [1.0] * len(p_values), 0.0
    for step, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - step) * p_values[place]))
        adjusted[place] = highest
    return adjusted
