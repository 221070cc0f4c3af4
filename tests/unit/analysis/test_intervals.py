"""The intervals are those of scipy where it has them, and keep what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hposweep.analysis.intervals import correlation_interval, median_interval


@pytest.mark.parametrize("n", [6, 9, 20, 101, 1000])
def test_the_median_interval_is_the_narrowest_of_order_statistics(n: int) -> None:
    values = np.random.default_rng(n).permutation(n) + 1.0
    bounds = median_interval(values)
    assert bounds is not None
    rank = int(bounds[0])
    assert bounds[1] == n + 1 - rank
    assert stats.binom.cdf(rank - 1, n, 0.5) <= 0.025 < stats.binom.cdf(rank, n, 0.5)


def test_five_values_have_no_median_interval() -> None:
    assert median_interval([1, 2, 3, 4, 5]) is None
    assert median_interval([]) is None


def test_the_median_interval_of_ten_thousand_values_is_computed() -> None:
    bounds = median_interval(np.arange(10_000.0))
    assert bounds is not None
    assert bounds[0] == pytest.approx(stats.binom.ppf(0.025, 10_000, 0.5) - 1, abs=1)


def test_the_correlation_interval_covers_the_true_correlation() -> None:
    generator, rho, n = np.random.default_rng(1), 0.6, 60
    truth = 6 / np.pi * np.arcsin(rho / 2)  # Spearman's of a normal pair
    samples = generator.multivariate_normal([0, 0], [[1, rho], [rho, 1]], (1000, n))
    intervals = [correlation_interval(float(stats.spearmanr(sample).statistic), n) for sample in samples]
    coverage = np.mean([bounds is not None and bounds[0] <= truth <= bounds[1] for bounds in intervals])
    assert 0.93 <= coverage <= 0.97


def test_extreme_correlations_have_an_interval() -> None:
    assert correlation_interval(1.0, 20) == (1.0, 1.0)
    assert correlation_interval(0.5, 4) is None
