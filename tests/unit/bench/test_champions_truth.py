"""Null champions are called better at most 5 % of the time; a planted lead is seen."""

from __future__ import annotations

import numpy as np
import pytest

from bench import champions_truth as truth
from hposweep.judge.statistics import wilson

NORMAL = truth.NOISES["normal"]
SWEEPS = 300


@pytest.mark.parametrize("noise", truth.NOISES)
@pytest.mark.parametrize(("top", "seeds"), [(2, 3), (3, 3)])
def test_null_champions_are_rarely_called_better(noise: str, top: int, seeds: int) -> None:
    tally = truth.measure(SWEEPS, 1, truth.NOISES[noise], top, seeds)
    assert wilson(tally.better, SWEEPS)[0] <= 0.05
    assert tally.better <= 0.08 * SWEEPS


def test_two_equal_champions_before_a_worse_one_are_rarely_told_apart() -> None:
    tally = truth.measure(SWEEPS, 1, NORMAL, 3, 5, lead=truth.FAR, leaders=2)
    assert 0 < tally.better <= 0.08 * SWEEPS


def test_the_best_of_an_equal_search_is_rarely_beaten_by_chance() -> None:
    for noise in truth.NOISES.values():
        assert truth.measure(SWEEPS, 1, noise, 2, 3).above_best <= 0.05 * SWEEPS


def test_a_large_lead_is_picked() -> None:
    tally = truth.measure(100, 1, NORMAL, 3, 5, lead=4.0)
    assert tally.right == tally.better > 90


def test_the_search_shows_null_champions_too_good() -> None:
    tally = truth.measure(100, 1, NORMAL, 3, 3)
    assert float(np.mean(tally.curses)) > 1.5


def test_each_noise_and_each_size_has_a_row() -> None:
    rows = list(truth.null_table(sweeps=1, seed=1))
    assert len(rows) == 2 + (len(truth.NOISES) + 1) * len(truth.SIZES)
    assert len(list(truth.power_table(sweeps=1, seed=1))) == 8
    assert len(list(truth.baseline_table(sweeps=1, seed=1))) == 2 + 2 * len(truth.NOISES)
