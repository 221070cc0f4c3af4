"""Samples: elite, worth, and blocks of one age; with one objective and with several."""

from __future__ import annotations

import random

import pytest

from hposweep.api.spec import StudyObjectiveSpec
from hposweep.judge.sample import block, sample
from hposweep.model.history import History, Trial
from tests.unit.judge.criteria.builders import evidence, trial

TWO = (StudyObjectiveSpec("acc", "Maximize"), StudyObjectiveSpec("ms", "Minimize"))


def elite(trials: list[Trial], **more: object) -> list[int]:
    seen = evidence(trials, **more)  # type: ignore[arg-type]  # passed through
    return sample(seen, History(tuple(trials)), "x").elite.tolist()


def test_the_elite_is_the_best_fifth_and_ties_go_to_the_earlier_trial() -> None:
    trials = [trial(number, number % 10, x=0) for number in range(40)]
    assert elite(trials) == [9, 19, 29, 39, 8, 18, 28, 38]
    assert elite(trials, goals=(StudyObjectiveSpec("loss", "Minimize"),)) == [0, 10, 20, 30, 1, 11, 21, 31]


@pytest.mark.parametrize(("n", "size"), [(3, 3), (10, 5), (25, 5), (26, 6), (100, 20), (105, 21)])
def test_the_elite_has_five_at_least(n: int, size: int) -> None:
    assert len(elite([trial(number, number, x=0) for number in range(n)])) == size


def test_with_several_objectives_the_elite_are_the_first_fronts() -> None:
    # Fronts by construction: `layer` worse in both objectives.
    trials = [trial(number, (place - layer, place + layer), x=0) for number, (layer, place) in enumerate(_fronts())]
    by_layer = [layer for layer, _ in _fronts()]
    found = elite(trials, goals=TWO)
    assert len(found) == 8
    assert [by_layer[place] for place in found] == sorted(by_layer)[:8]


def test_worth_with_several_objectives_counts_within_the_block() -> None:
    trials = [trial(number, (-number, number), x=0) for number in range(12)]  # each is worse than the one before
    seen = evidence(trials, goals=TWO)
    assert sample(seen, History(tuple(trials)), "x").score.tolist() == [9, 7, 5, 3, 1, -1, -3, -5, -7, -9, 1, -1]


def test_workers_make_blocks_longer() -> None:
    assert [block(evidence(workers=workers)) for workers in (1, 5, 6, 50)] == [10, 10, 12, 100]


def _fronts() -> list[tuple[int, int]]:
    pairs = [(layer, place) for layer in range(10) for place in range(4)]
    random.Random(1).shuffle(pairs)
    return pairs
