"""Student's t and Holm's correction, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hposweep.judge.champions.paired import holm, mean_interval, mean_p, t_quantile, t_survival, two_sample_p


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 9, 18, 19, 38])
@pytest.mark.parametrize("t", [-3.2, -0.4, 0.0, 0.7, 2.0, 4.5, 30.0])
def test_the_tail_is_that_of_scipy(t: float, freedom: int) -> None:
    assert t_survival(t, freedom) == pytest.approx(stats.t.sf(t, freedom), rel=1e-6, abs=1e-14)


@pytest.mark.parametrize("freedom", [1, 2, 7, 19])
def test_the_quantile_is_that_of_scipy(freedom: int) -> None:
    assert t_quantile(0.05, freedom) == pytest.approx(stats.t.isf(0.05, freedom), rel=1e-9)


@pytest.mark.parametrize("count", [2, 3, 5, 20])
def test_tests_and_interval_are_those_of_scipy(count: int) -> None:
    generator = np.random.default_rng(count)
    first, second = generator.normal(0.3, 1, count), generator.normal(0, 2, count)
    assert mean_p(first) == pytest.approx(stats.ttest_1samp(first, 0, alternative="greater").pvalue, rel=1e-6)
    assert two_sample_p(first, second) == pytest.approx(stats.ttest_ind(first, second, alternative="greater").pvalue)
    interval = stats.t.interval(0.9, count - 1, first.mean(), stats.sem(first))
    assert mean_interval(first) == pytest.approx(interval)


def test_equal_values_and_single_ones_tell_nothing() -> None:
    assert mean_p([0.1]) is None
    assert mean_p([0.1, 0.1, 0.1]) is None
    assert mean_p([1e6 + 0.1 - 1e6, 0.1], size=1e6) is None  # a spread that is rounding
    assert two_sample_p([0.1, 0.1], [0.2, 0.2]) is None
    assert two_sample_p([0.1], [0.2, 0.3]) is None
    assert mean_interval([0.1]) is None


def test_holm_multiplies_the_smallest_by_their_number_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
