"""How champions are rank, compared and picked."""

from __future__ import annotations

import pytest

from hposweep.judge.champions.comparison import rank
from hposweep.model.champions import Champion, ChampionResult, ChampionsResult

NOISE = (0.0, 0.004, -0.003)


def result(rank: int, *values: float, search: float = 0.9) -> ChampionResult:
    return ChampionResult(Champion(rank, rank + 10, search), len(values), dict(enumerate(values)))


def compared(*results: ChampionResult, baseline: float | None = None, is_maximized: bool = True) -> ChampionsResult:
    return rank(results, baseline, is_maximized=is_maximized)


def test_a_clear_lead_over_each_other_champion_is_picked() -> None:
    outcome = compared(result(1, 0.80, 0.81, 0.80), result(2, 0.90, 0.912, 0.901), result(3, 0.79, 0.802, 0.785))
    assert outcome.pick == 2
    assert [entry.champion.rank for entry in outcome.champions] == [2, 1, 3]
    assert outcome.lead_p is not None
    assert outcome.lead_p < 0.05


def test_of_champions_that_chance_may_rank_none_is_picked() -> None:
    outcome = compared(result(1, 0.80, 0.83, 0.79), result(2, 0.81, 0.80, 0.82))
    assert outcome.pick is None


def test_lower_is_better_when_the_objective_is_minimized() -> None:
    outcome = compared(result(1, 0.8, 0.81, 0.795), result(2, 0.2, 0.205, 0.21), is_maximized=False)
    assert outcome.pick == 2


def test_with_a_baseline_the_best_that_beats_it_is_picked() -> None:
    values = [result(1, 0.80, 0.83, 0.79), result(2, 0.81, 0.80, 0.82)]
    outcome = compared(*values, baseline=0.5)
    assert outcome.pick == 2
    assert all(entry.baseline_p is not None and entry.baseline_p < 0.05 for entry in outcome.champions)
    assert compared(*values, baseline=0.81).pick is None


def test_champions_that_are_all_worse_than_the_baseline_are_known_as_such() -> None:
    outcome = compared(result(1, 0.30, 0.31, 0.29), baseline=0.5)
    assert outcome.pick is None
    assert outcome.champions[0].behind_p == pytest.approx(0.0004, abs=0.0002)


def test_a_seed_without_a_value_leaves_the_other_pairs() -> None:
    second = ChampionResult(Champion(2, 12, 0.9), 3, {0: 0.90, 2: 0.901, 3: 0.899})
    outcome = compared(result(1, 0.70, 0.72, 0.702), second)
    assert outcome.pick == 2


def test_the_same_difference_with_each_seed_is_compared_by_the_values() -> None:
    same = compared(result(1, *(0.8 + noise for noise in NOISE)), result(2, *(0.9 + noise for noise in NOISE)))
    assert same.pick == 2
    coarse = compared(result(1, 0.80, 0.85, 0.82), result(2, 0.81, 0.86, 0.83))
    assert coarse.pick is None


@pytest.mark.parametrize("values", [(0.8,), (0.8, 0.8, 0.8), ()])
def test_without_a_spread_nothing_is_called_better(values: tuple[float, ...]) -> None:
    outcome = compared(result(1, *values), result(2, *(value + 0.1 for value in values)), baseline=0.1)
    assert outcome.pick is None


def test_the_winners_curse_is_the_loss_since_the_search() -> None:
    assert compared(result(1, 0.8, 0.8, search=0.9)).curse == pytest.approx(0.1)
    assert compared(result(1, 0.8, 0.8, search=0.7), is_maximized=False).curse == pytest.approx(0.1)
    assert compared(result(1)).curse is None
