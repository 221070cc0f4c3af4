"""Statistics against numbers that were worked out by hand, and against counting."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.judge import statistics as s


def test_normal_survival() -> None:
    assert s.normal_survival(0) == 0.5
    assert s.normal_survival(1.645) == pytest.approx(0.05, abs=2e-5)
    assert s.normal_survival(-1.96) == pytest.approx(0.975, abs=1e-4)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [  # at z = 1.645; the first three are those of the health rule on failed trials
        (2, 10, 0.069, None),
        (1, 10, 0.023, None),
        (3, 20, 0.062, None),
        (14, 20, 0.516, 0.836),
        (0, 20, 0.0, 0.119),
        (20, 20, 0.881, 1.0),
    ],
)
def test_wilson(successes: int, n: int, low: float, high: float | None) -> None:
    found = s.wilson(successes, n)
    assert found[0] == pytest.approx(low, abs=5e-4)
    if high is not None:
        assert found[1] == pytest.approx(high, abs=5e-4)


def test_of_nothing_nothing_is_known() -> None:
    assert s.wilson(0, 0) == (0.0, 1.0)


def test_average_ranks() -> None:
    assert s.average_ranks([10, 30, 20, 20]).tolist() == [1.0, 4.0, 2.5, 2.5]
    strata = np.array([0, 0, 1, 1, 1])
    assert s.average_ranks([5, 4, 1, 1, 0], strata).tolist() == [2.0, 1.0, 2.5, 2.5, 1.0]
    assert s.average_ranks([]).tolist() == []


@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.sampled_from([0.0, 0.25, 0.5, 0.95, 1.0]))
def test_quantile_is_numpys(values: list[float], share: float) -> None:
    assert s.quantile(values, share) == pytest.approx(float(np.quantile(values, share)), rel=1e-9, abs=1e-6)


def by_group(values: Sequence[float], members: Sequence[bool], block: int) -> float | None:
    return s.stratified_by_group(s.Ranked.of(values, block), members)


def by_rank(values: Sequence[float], parameter: Sequence[float], block: int) -> float | None:
    return s.stratified_by_rank(s.Ranked.of(values, block), parameter)


def test_stratified_by_group_with_one_block_is_the_rank_sum_test() -> None:
    # Ranks of the members 3, 4 of 1..4: S = (0.5 + 1.5)/5, V = (2·2/(4·3))·5/25, z = 2/sqrt(5/3) = 1.549.
    members = [False, False, True, True]
    assert by_group([1, 2, 3, 4], members, 10) == pytest.approx(s.normal_survival(1.5492), abs=1e-4)
    assert by_group([4, 3, 2, 1], members, 10) == pytest.approx(1 - s.normal_survival(1.5492), abs=1e-4)


def test_stratified_by_group_adds_blocks_up_by_their_weights() -> None:
    # Blocks of 5 and 4, members at the top. Of five: ranks 4 and 5 centred are 1 and 2, w = 1/6, V = (2·3/(5·4))·10/36.
    # Of four: 0.5 and 1.5, w = 1/5, V = (2·2/(4·3))·5/25.
    values, members = [1, 2, 3, 4, 5, 1, 2, 3, 4], [False, False, False, True, True, False, False, True, True]
    z = (3 / 6 + 2 / 5) / (0.3 * 10 / 36 + 5 / 75) ** 0.5
    assert by_group(values, members, 5) == pytest.approx(s.normal_survival(z))


def test_a_last_block_of_three_is_dropped() -> None:
    values, members = [1, 2, 3, 4, 1, 2, 3], [False, False, True, True, True, False, False]
    assert by_group(values, members, 4) == by_group(values[:4], members[:4], 4)


def test_stratified_by_rank_with_one_block() -> None:
    # r = q = (-1.5, -0.5, 0.5, 1.5): S = 5/5, V = 25/(3·25), z = sqrt(3).
    assert by_rank([1, 2, 3, 4], [10, 20, 40, 80], 10) == pytest.approx(s.normal_survival(3**0.5))


@pytest.mark.parametrize("members", [[True] * 8, [False] * 8])
def test_blocks_without_both_groups_say_nothing(members: list[bool]) -> None:
    assert by_group(list(range(8)), members, 4) is None


def test_too_short_blocks_and_constants_say_nothing() -> None:
    assert by_group([1, 2, 3], [True, False, True], 10) is None
    assert by_rank([1.0] * 20, list(range(20)), 10) is None
    assert by_rank(list(range(20)), [1.0] * 20, 10) is None
    assert by_group([], [], 10) is None


def test_a_drift_with_age_is_not_a_difference() -> None:
    draw = random.Random(3)
    values = [number + draw.random() for number in range(200)]
    members = [number >= 100 for number in range(200)]
    assert by_group(values, members, 10) is None
    assert s.rank_sum(values[100:], values[:100]) == pytest.approx(0, abs=1e-6)


def test_rank_sum() -> None:
    # U = 9 of 9, variance 3·3·7/12 = 5.25, continuity 0.5: z = (4.5 - 0.5)/sqrt(5.25).
    assert s.rank_sum([4, 5, 6], [1, 2, 3]) == pytest.approx(s.normal_survival(4 / 5.25**0.5))
    assert s.rank_sum([1, 2, 3], [1, 2, 3]) == 0.5
    assert s.rank_sum([1, 1], [1, 1]) is None
    assert s.rank_sum([], [1]) is None


def test_superiority() -> None:
    share, low, high = s.superiority([4, 5, 6], [1, 2, 3])
    assert (share, high) == (1.0, pytest.approx(1.0))
    assert 0.4 < low < 0.8
    share, low, high = s.superiority(list(range(20)), list(range(20)))
    assert share == 0.5
    assert 1 - high == pytest.approx(low)
    # Half width of the interval of 20 against 20 is close to 1.645 times the spread of U, sqrt(41/4800).
    assert share - low == pytest.approx(1.645 * (41 / 4800) ** 0.5, rel=0.1)


def test_spearman_and_its_limit() -> None:
    assert s.spearman(s.Ranked.of([1, 2, 3, 4], 10), [1, 4, 9, 16]) == pytest.approx(1)
    assert s.spearman(s.Ranked.of([1, 2, 3, 4, 5], 10), [2, 1, 4, 3, 5]) == pytest.approx(0.8)  # 1 - 6·4/(5·24)
    assert s.spearman(s.Ranked.of([1, 1, 1], 10), [1, 2, 3]) is None
    assert s.correlation_limit(0.0, 103) == pytest.approx(0.163, abs=1e-3)  # tanh(0.1645)
    assert s.correlation_limit(-0.5, 3) == 1.0


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([1, 2, 3, 4, 5, 6], 1 / 64),
        ([-1, 2, 3, 4, 5, 6], 2 / 64),
        ([1, -2, 3, 4, 5, 6], 3 / 64),
        ([-1, -2, -3], 1.0),
        ([0, 0, 0, 1, 2], 1 / 4),
        ([1, 1, 1], 1 / 8),
    ],
)
def test_signed_rank(differences: list[float], p: float) -> None:
    assert s.signed_rank(differences) == pytest.approx(p)


def test_signed_rank_of_nothing_but_zeros() -> None:
    assert s.signed_rank([0, 0]) is None
    assert s.signed_rank([]) is None


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9).filter(any))
def test_signed_rank_is_what_counting_all_signs_gives(differences: list[int]) -> None:
    ranks = [rank for rank, gap in zip(s.average_ranks(np.abs(differences)), differences, strict=True) if gap]
    positive = sum(rank for rank, gap in zip(ranks, [gap for gap in differences if gap], strict=True) if gap > 0)
    sums = [sum(itertools.compress(ranks, signs)) for signs in itertools.product([0, 1], repeat=len(ranks))]
    assert s.signed_rank(differences) == pytest.approx(sum(total >= positive - 1e-9 for total in sums) / len(sums))


def test_signed_rank_of_many_pairs_agrees_with_counting_at_the_border() -> None:
    draw = random.Random(5)
    gaps = [draw.gauss(0.1, 1) for _ in range(50)]
    exact, many = s.signed_rank(gaps), s.signed_rank([*gaps, 0.0001])
    assert exact is not None
    assert many == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_stratified_test_keeps_its_level_when_all_trials_drift(share: float) -> None:
    """No difference, but a strong trend with age and a sampler that comes to prefer the members."""
    draw, fired, sweeps = random.Random(11), 0, 400
    for _ in range(sweeps):
        values = [number / 10 + draw.gauss(0, 1) for number in range(100)]
        members = [draw.random() < share + (1 - share) * 0.8 * number / 100 for number in range(100)]
        p = by_group(values, members, 10)
        fired += p is not None and p < 0.05
    assert fired / sweeps < 0.085  # 5 % and three standard errors
