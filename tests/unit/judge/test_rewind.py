"""A study that has lost trials: noticed by the counts of the status, and kept until as many have ended again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hposweep.api.status import RewoundStatus, Status, StudyStatus, TrialsStatus, WorkersStatus
from hposweep.api.sweep import Sweep
from hposweep.judge.rewind import rewind
from hposweep.model.rewind import Rewind
from hposweep.model.trials import Counts
from tests.unit import world

LATER = world.NOON + timedelta(hours=1)
EARLIER = RewoundStatus(before=10, after=5, time=world.NOON)


def sweep(rewound: RewoundStatus | None = None, **trials: int) -> Sweep:
    status = Status(
        1, "Running", "", StudyStatus("s", 1, rewound=rewound), TrialsStatus(20, **trials), "", WorkersStatus(1), 1, ""
    )
    return replace(world.sweep(), status=status)


def loss(of: Sweep, **counts: int) -> Rewind | None:
    study = replace(world.study(of), counts=Counts(**counts))
    return rewind(of, study, LATER)


def test_fewer_ended_trials_than_the_status_counted_are_a_loss() -> None:
    of = sweep(complete=7, pruned=2, failed=1, finished=9)
    assert loss(of, complete=4, pruned=1) == Rewind(before=10, after=5, time=LATER, finished=9)


@pytest.mark.parametrize("counts", [{"complete": 7, "pruned": 2, "failed": 1}, {"complete": 11}])
def test_as_many_are_none(counts: dict[str, int]) -> None:
    assert loss(sweep(complete=7, pruned=2, failed=1), **counts) is None


def test_running_and_waiting_trials_may_vanish() -> None:
    assert loss(sweep(complete=3, running=4, waiting=9), complete=3) is None


@pytest.mark.parametrize(("ended", "row"), [(5, Rewind(10, 5, world.NOON)), (9, Rewind(10, 5, world.NOON)), (10, None)])
def test_it_stays_as_it_was_noticed_until_the_number_is_reached(ended: int, row: Rewind | None) -> None:
    assert loss(sweep(EARLIER, complete=ended), complete=ended) == row


SPOT = RewoundStatus(before=115, after=50, time=world.NOON, finished=95)


@pytest.mark.parametrize(
    ("max_trials", "counts", "is_made_up_for"),
    [
        (200, {"complete": 94}, False),
        (200, {"complete": 94, "failed": 10, "uncharged": 10}, False),
        (200, {"complete": 95}, True),
        (200, {"complete": 90, "failed": 25, "uncharged": 25}, True),
        (60, {"complete": 59}, False),
        (60, {"complete": 60}, True),
    ],
)
def test_trials_that_do_not_count_need_not_be_lost_again(
    max_trials: int, counts: dict[str, int], is_made_up_for: bool
) -> None:
    of = replace(world.sweep(trials={"max": max_trials}), status=sweep(SPOT).status)
    assert loss(of, **counts) == (None if is_made_up_for else Rewind(115, 50, world.NOON, 95))


def test_a_loss_of_trials_that_do_not_count_is_none() -> None:
    assert loss(sweep(complete=5, failed=3, finished=5), complete=5, failed=1, uncharged=1) is None


def test_a_status_of_an_earlier_release_is_made_up_for_by_ended_trials() -> None:
    of = replace(world.sweep(trials={"max": 200}), status=sweep(EARLIER).status)
    assert loss(of, complete=9) == Rewind(10, 5, world.NOON)
    assert loss(of, complete=9, failed=1, uncharged=1) is None


def test_a_second_restore_below_the_first_is_noticed() -> None:
    assert loss(sweep(EARLIER, complete=8), complete=2) == Rewind(10, 2, LATER)


def test_a_gate_that_is_closed_changes_nothing_twice() -> None:
    of = sweep(EARLIER, complete=10)  # the counts of the status are those of before, as long as the gate is closed
    assert loss(of, complete=5) == Rewind(10, 5, world.NOON)


def test_a_study_that_cannot_be_read_or_is_another_sweeps_says_nothing() -> None:
    assert rewind(sweep(complete=10), None, LATER) is None
    assert rewind(sweep(EARLIER, complete=10), None, LATER) == Rewind(10, 5, world.NOON)
    foreign = replace(world.study(world.sweep()), owner="other", counts=Counts())
    assert rewind(sweep(complete=10), foreign, LATER) is None
    assert rewind(world.sweep(), foreign, LATER) is None, "the first pass has no status"
