"""The faults of a chaos run: repeatable, complete, and never two at once on one part of the world."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from tests.chaos.schedule import KINDS, KUBELET_STOP, REST_SECONDS, schedule

SEEDS = range(20)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_gives_the_same_faults_again(seed: int) -> None:
    assert schedule(seed, 40) == schedule(seed, 40)
    assert schedule(seed, 40) != schedule(seed + 1, 40)


@pytest.mark.parametrize("seed", SEEDS)
def test_forty_faults_are_of_every_kind_and_one_is_the_long_absence_of_the_database(seed: int) -> None:
    counts = Counter(fault.kind for fault in schedule(seed, 40))
    assert counts.keys() == KINDS.keys()
    assert counts.total() == 40
    assert counts["database away"] == 1
    assert counts[KUBELET_STOP] >= 3


def test_a_long_run_has_rare_faults_in_proportion() -> None:
    assert Counter(fault.kind for fault in schedule(3, 500))["database away"] == 12


@pytest.mark.parametrize("seed", SEEDS)
def test_faults_on_one_part_of_the_world_come_one_after_the_other_and_others_overlap(seed: int) -> None:
    faults = schedule(seed, 40)
    for part in {fault.part for fault in faults} - {""}:
        for first, second in pairwise(fault for fault in faults if fault.part == part):
            assert second.at_seconds >= first.at_seconds + first.seconds + REST_SECONDS
    assert any(second.at_seconds < first.at_seconds + first.seconds for first, second in pairwise(faults))


def test_few_faults_are_as_few_as_was_asked_for() -> None:
    assert [len(schedule(1, faults)) for faults in (1, 5, 12)] == [1, 5, 12]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_short_form_is_short_and_dense(seed: int) -> None:
    """Several faults a minute, and no more than six minutes of them."""
    assert 240 <= schedule(seed, 40)[-1].at_seconds <= 420
