"""The hand-written statistics agree with scipy's on random data, ties included."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from hposweep.judge import statistics as s
from hposweep.judge.pace import pace
from tests.unit.judge.histories import after, history, trial

TIED = st.integers(-4, 4).map(float)
SAMPLE = st.lists(TIED | st.floats(-1e3, 1e3), min_size=2, max_size=30)
ONE_SIDED_95 = stats.norm.sf(s.ONE_SIDED_95)


@given(st.floats(-8, 8))
def test_normal_survival(z: float) -> None:
    assert s.normal_survival(z) == pytest.approx(stats.norm.sf(z), rel=1e-9)


@given(st.integers(1, 200), st.floats(0, 1))
def test_wilson_interval(n: int, share: float) -> None:
    successes = round(share * n)
    interval = stats.binomtest(successes, n).proportion_ci(1 - 2 * ONE_SIDED_95, method="wilson")
    assert s.wilson(successes, n) == pytest.approx((interval.low, interval.high), abs=1e-9)


@given(st.integers(1, 400), st.floats(0, 1), st.floats(1e-6, 1 - 1e-6))
def test_binomial_mid_p(n: int, successes: float, share: float) -> None:
    k = round(successes * n)
    expected = stats.binom.sf(k, n, share) + stats.binom.pmf(k, n, share) / 2
    assert s.binomial_mid_p(k, n, share) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(SAMPLE)
def test_average_ranks(values: list[float]) -> None:
    assert s.average_ranks(values).tolist() == stats.rankdata(values).tolist()


@given(st.lists(st.tuples(TIED, TIED), min_size=3, max_size=30))
def test_spearman_correlation(points: list[tuple[float, float]]) -> None:
    values, parameter = zip(*points, strict=True)
    assume(len(set(values)) > 1 < len(set(parameter)))
    expected = stats.spearmanr(values, parameter).statistic
    assert s.spearman(s.Ranked.of(values, 10), parameter) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=5, max_size=30))
def test_correlation_limit(points: list[tuple[float, float]]) -> None:
    first, second = np.array(points).T
    assume(min(np.std(first), np.std(second)) > 1e-3)
    result = stats.pearsonr(first, second)
    assume(abs(result.statistic) < 0.999)
    interval = result.confidence_interval(1 - 2 * ONE_SIDED_95)
    expected = max(abs(interval.low), abs(interval.high))
    assert s.correlation_limit(result.statistic, len(points)) == pytest.approx(expected, abs=1e-9)


@given(SAMPLE, SAMPLE)
def test_rank_sum(first: list[float], second: list[float]) -> None:
    """Compared on the side of the larger rank sum: on the other one scipy corrects away from the middle."""
    assume(len({*first, *second}) > 1)
    if stats.mannwhitneyu(first, second).statistic < len(first) * len(second) / 2:
        first, second = second, first
    expected = stats.mannwhitneyu(first, second, alternative="greater", method="asymptotic").pvalue
    assert s.rank_sum(first, second) == pytest.approx(min(expected, 0.5), abs=1e-9)


@given(SAMPLE, SAMPLE)
def test_superiority(first: list[float], second: list[float]) -> None:
    share, low, high = s.superiority(first, second)
    assert share == pytest.approx(stats.mannwhitneyu(first, second).statistic / (len(first) * len(second)))
    assert low <= share <= high


MEMBER = st.tuples(TIED, st.booleans())


@given(
    st.lists(st.lists(MEMBER, min_size=6, max_size=6), min_size=1, max_size=4),
    st.lists(MEMBER, min_size=s.SMALLEST_BLOCK, max_size=5),
)
def test_stratified_by_group(
    whole_blocks: list[list[tuple[float, bool]]], last_block: list[tuple[float, bool]]
) -> None:
    """Van Elteren: rank sums of the blocks, weighted with 1/(m + 1), over the root of their added variance."""
    excess = variance = 0.0
    blocks = [*whole_blocks, last_block]
    for block in blocks:
        members = [value for value, is_member in block if is_member]
        others = [value for value, is_member in block if not is_member]
        if members and others:
            ties = stats.tiecorrect(stats.rankdata(members + others))
            weight = 1 / (len(block) + 1)
            excess += weight * (stats.mannwhitneyu(members, others).statistic - len(members) * len(others) / 2)
            variance += weight**2 * ties * len(members) * len(others) * (len(block) + 1) / 12
    assume(variance > 1e-9)
    values, is_member = zip(*(entry for block in blocks for entry in block), strict=True)
    p = s.stratified_by_group(s.Ranked.of(values, 6), is_member)
    assert p == pytest.approx(stats.norm.sf(excess / math.sqrt(variance)), abs=1e-9)


@given(st.lists(st.tuples(TIED, TIED), min_size=4, max_size=30))
def test_stratified_by_rank_in_one_block(points: list[tuple[float, float]]) -> None:
    values, parameter = zip(*points, strict=True)
    assume(len(set(values)) > 1 < len(set(parameter)))
    z = stats.spearmanr(values, parameter).statistic * math.sqrt(len(points) - 1)
    assert s.stratified_by_rank(s.Ranked.of(values, 30), parameter) == pytest.approx(stats.norm.sf(z), abs=1e-9)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=40, unique=True), st.randoms(use_true_random=False))
def test_signed_rank_without_ties(sizes: list[int], chance: random.Random) -> None:
    differences = [size * chance.choice([-1, 1]) for size in sizes]
    expected = stats.wilcoxon(differences, alternative="greater", method="exact").pvalue
    assert s.signed_rank(differences) == pytest.approx(expected, abs=1e-9)


@given(st.lists(TIED, min_size=2, max_size=8).filter(any))
def test_signed_rank_with_ties_and_zeros(differences: list[float]) -> None:
    every_sign = stats.PermutationMethod(n_resamples=2 ** len(differences))
    expected = stats.wilcoxon(differences, zero_method="pratt", alternative="greater", method=every_sign).pvalue
    assert s.signed_rank(differences) == pytest.approx(expected, abs=1e-9)


@given(st.lists(TIED.filter(bool), min_size=51, max_size=80), st.integers(0, 9))
def test_signed_rank_of_many_pairs(differences: list[float], zeros: int) -> None:
    pairs = [*differences, *[0.0] * zeros]
    expected = stats.wilcoxon(pairs, zero_method="pratt", alternative="greater", method="asymptotic").pvalue
    assert s.signed_rank(pairs) == pytest.approx(expected, abs=1e-9)


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=20),
    st.lists(st.integers(1, 40), max_size=12),
)
def test_running_trials_count_as_kaplan_and_meier_say(durations: list[int], ages: list[int]) -> None:
    trials = [trial(number, 1.0, seconds=float(seconds)) for number, seconds in enumerate(durations)]
    found = pace(history(*trials), [float(age) for age in ages], 4, after(10_000))
    assert found is not None
    survival = stats.ecdf(stats.CensoredData(uncensored=durations, right=ages)).sf
    times = sorted(set(durations))
    weights = [found.weights[:-1][found.durations[:-1] == time].sum() for time in times]
    at = survival.evaluate(np.array(times))
    assert weights == pytest.approx(-np.diff([1.0, *at]), abs=1e-9)
    assert found.weights[-1] == pytest.approx(at[-1], abs=1e-9)
    assert found.durations[-1] == max(*durations, *ages, 0)
