"""What a decision point looks at: the same trials, whenever and however often somebody looks."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.api.decisions import Trigger
from hposweep.judge.decision_snapshot import SweepProgress, history_at, trials_at
from hposweep.model.history import History, Trial
from hpotrial import protocol
from tests.unit.judge.histories import START, after, failed, history, of_values, trial


def numbers(at: Trigger, of: History, **course: Any) -> list[int] | None:
    found = history_at(
        at, of, SweepProgress(**{"max_trials": 100, "gpus": 1, "start": START, "now": after(3600), **course})
    )
    return None if found is None else [trial.number for trial in found.trials]


def test_trials_are_the_smallest_prefix_with_so_many_finished_ones() -> None:
    assert numbers(Trigger(trials=3), of_values([1, 2])) is None
    assert numbers(Trigger(trials=3), of_values([1, 2, 3])) == [0, 1, 2]
    assert numbers(Trigger(trials=3), of_values([1, 2, 3, 4, 5])) == [0, 1, 2]


@pytest.mark.parametrize("state", ["RUNNING", "WAITING"])
def test_a_gap_is_waited_for_however_many_have_finished_after_it(state: str) -> None:
    later = [trial(number, 0.5) for number in range(2, 9)]
    assert numbers(Trigger(trials=3), history(trial(0, 0.1), trial(1, state=state), *later)) is None
    assert numbers(Trigger(trials=3), history(trial(0, 0.1), trial(1, 0.2), *later)) == [0, 1, 2]
    assert numbers(Trigger(trials=3), history(*[trial(n, 0.5) for n in range(3)], trial(3, state=state))) == [0, 1, 2]


def test_pruned_and_failed_trials_have_finished_but_not_those_that_are_not_charged() -> None:
    trials = (
        trial(0, state="PRUNED"),
        failed(1, protocol.PREEMPTED, charged=False),
        failed(2),
        failed(3, protocol.NODE_LOST, charged=False),
        trial(4, 0.5),
        failed(5, protocol.PREEMPTED, charged=False),
    )
    assert numbers(Trigger(trials=3), history(*trials)) == [0, 1, 2, 3, 4]
    assert numbers(Trigger(trials=4), history(*trials)) is None


@pytest.mark.parametrize(
    ("fraction", "most", "wanted"), [(0.5, 100, 50), (0.5, 5, 3), (0.07, 100, 7), (0.001, 10, 1), (1.0, 7, 7)]
)
def test_a_fraction_is_one_of_the_budget_rounded_up(fraction: float, most: int, wanted: int) -> None:
    assert trials_at(Trigger(fraction=fraction), most) == wanted
    values = of_values([0.0] * most)
    assert numbers(Trigger(fraction=fraction), values, max_trials=most) == list(range(wanted))


def test_seconds_look_at_what_had_ended_by_then_in_whatever_order() -> None:
    trials = (
        trial(0, 1.0, completed=after(500)),
        trial(1, 2.0, completed=after(100)),
        trial(2, 3.0, completed=after(300)),
    )
    at = Trigger(seconds=300)
    assert numbers(at, history(*trials), now=after(299)) is None
    for now in (after(300), after(9999)):
        assert numbers(at, history(*trials, trial(3, state="RUNNING", seconds=5.0)), now=now) == [1, 2]
    assert numbers(at, history(*trials), start=None) is None, "it has not started"
    assert numbers(at, history(), now=after(300)) == []


def gpu_trials() -> tuple[Trial, ...]:
    """Two at a time, 100 s each: 200 s of trials by the end of the first two, 400 s by that of the others."""
    return tuple(trial(n, 0.5, seconds=100.0, completed=after(100 if n < 2 else 200)) for n in range(4))


@pytest.mark.parametrize(
    ("wanted", "gpus", "expected"),
    [
        (199, 1, []),
        (200, 1, [0, 1]),
        (201, 1, [0, 1]),
        (399, 1, [0, 1]),
        (400, 1, [0, 1, 2, 3]),
        (401, 1, None),
        (400, 2, [0, 1]),
        (800, 2, [0, 1, 2, 3]),
        (1, 0, None),
    ],
)
def test_gpu_seconds_are_those_of_all_trials_up_to_the_moment(
    wanted: int, gpus: int, expected: list[int] | None
) -> None:
    assert numbers(Trigger(gpu_seconds=wanted), history(*gpu_trials()), gpus=gpus) == expected


def test_gpu_seconds_of_trials_that_run_or_were_lost_count_too() -> None:
    lost = failed(4, protocol.PREEMPTED, charged=False, seconds=50.0, completed=after(250))
    running = trial(5, state="RUNNING", seconds=1.0)
    so_far = history(*gpu_trials(), lost, running)
    assert numbers(Trigger(gpu_seconds=450), so_far, now=after(300), ages={5: 0.0}) == [0, 1, 2, 3, 4]
    assert numbers(Trigger(gpu_seconds=550), so_far, now=after(400), ages={5: 99.0}) is None
    assert numbers(Trigger(gpu_seconds=550), so_far, now=after(400), ages={5: 100.0}) == [0, 1, 2, 3, 4]
    assert numbers(Trigger(gpu_seconds=450), so_far, now=after(300)) == [0, 1, 2, 3, 4], (
        "without ages, that of the reading"
    )


def test_the_moment_of_gpu_seconds_is_found_again_when_the_trial_that_ran_has_ended() -> None:
    done = (*gpu_trials(), trial(4, 0.5, seconds=100.0, completed=after(300)), trial(5, 0.9, completed=after(290)))
    live = history(*gpu_trials(), trial(4, state="RUNNING"))
    assert numbers(Trigger(gpu_seconds=450), live, now=after(250), ages={4: 50.0}) == [0, 1, 2, 3]
    assert numbers(Trigger(gpu_seconds=450), history(*done)) == [0, 1, 2, 3]


def test_a_trial_whose_end_nobody_wrote_down_is_at_no_moment() -> None:
    undated = trial(0, 0.5, completed=None)
    assert numbers(Trigger(gpu_seconds=1), history(undated)) is None
    assert numbers(Trigger(seconds=1), history(undated)) == []
