"""The auditor of chaos runs: a clean study passes, and each kind of breach is found and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hpotrial import protocol
from tests.chaos.audit import (
    DOUBLE,
    FORGED,
    INEXACT,
    LIVE_FAILED,
    LOST,
    STUBBORN,
    STUCK,
    UNJUST,
    Account,
    Offence,
    counted,
)
from tests.chaos.witness import Sighting
from tests.e2e.trials import Trial

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
POD, ANOTHER = "pod-uid-0", "pod-uid-1"


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def trial(
    number: int, state: str = "COMPLETE", ended: float | None = 10.0, asked: float = 0.0, **attributes: Any
) -> Trial:
    signed = {
        protocol.POD_UID: POD,
        **{f"{protocol.ATTRIBUTE_PREFIX}{key}": value for key, value in attributes.items()},
    }
    completed = at(ended) if ended is not None and state not in ("RUNNING", "WAITING") else None
    return Trial(number, state, at(asked), completed, signed, frozenset({"x"}))


def lost(number: int, failure_class: str = protocol.PREEMPTED, **attributes: Any) -> Trial:
    """One whose worker went: failed without charge."""
    return trial(number, "FAIL", **{"class": failure_class, "charged": False, **attributes})


def seen(number: int, *events: str, start: float = 0.0, pod: str = POD, pid: int = 7) -> list[Sighting]:
    """One a second, from the start on; what ends has the value of its number."""
    return [
        Sighting(at(start + second), event, "study", number, pod, pid, float(number) if event == "end" else None)
        for second, event in enumerate(events)
    ]


def ran(*numbers: int) -> list[Sighting]:
    return [sighting for number in numbers for sighting in seen(number, "start", "step", "end")]


def account(*trials: Trial, most: int, sightings: list[Sighting], **more: Any) -> Account:
    values = {trial.number: float(trial.number) for trial in trials if trial.state == "COMPLETE"}
    return Account(most, trials, **{"values": values, "sightings": sightings, **more})


def found(of: Account) -> list[tuple[str, int | None]]:
    return [(offence.rule, offence.number) for offence in of.offences]


CLEAN = account(
    trial(0),
    lost(1),
    trial(2, "PRUNED"),
    trial(3, retried_from=1),
    trial(4, "FAIL", **{"class": protocol.CRASHED}),
    most=4,
    sightings=[
        *ran(0, 3),
        *seen(1, "start", "step"),
        *seen(2, "start", "step", "pruned"),
        *seen(4, "start", "step"),
    ],
    killed=frozenset({4}),
)


def test_a_study_in_which_all_went_as_it_should_breaks_no_rule() -> None:
    assert CLEAN.offences == []
    assert len(CLEAN.charged) == 4
    assert (len(CLEAN.finished), len(CLEAN.retried)) == (3, 1)
    assert CLEAN.failed == {protocol.PREEMPTED: 1, protocol.CRASHED: 1}
    assert not any(counted(CLEAN.offences).values())


def test_every_rule_is_counted_also_when_nobody_broke_it() -> None:
    counts = counted([Offence(LOST, 3, "gone"), Offence(LOST, 4, "gone")])
    assert counts == {LOST: 2, DOUBLE: 0, STUCK: 0, LIVE_FAILED: 0, STUBBORN: 0, FORGED: 0, UNJUST: 0, INEXACT: 0}


@pytest.mark.parametrize("state", ["RUNNING", "WAITING"])
def test_what_is_left_over_at_the_end_is_lost(state: str) -> None:
    left = account(trial(0), trial(1, state), most=2 if state == "RUNNING" else 1, sightings=ran(0))
    assert (LOST, 1) in found(left)


def test_failed_without_charge_and_not_queued_again_is_lost() -> None:
    assert found(account(trial(0), lost(1), most=1, sightings=ran(0))) == [(LOST, 1)]


def test_a_number_without_a_row_and_a_run_without_a_number_are_lost() -> None:
    assert found(account(trial(0), trial(2), most=2, sightings=ran(0, 2))) == [(LOST, 1)]
    assert found(account(trial(0), most=1, sightings=ran(0, 1))) == [(LOST, 1)]


def test_too_few_or_too_many_charged_is_an_inexact_budget() -> None:
    for most in (1, 3):
        assert found(account(trial(0), trial(1), most=most, sightings=ran(0, 1))) == [(INEXACT, None)]


def test_two_copies_of_one_trial_are_double() -> None:
    twice = account(lost(0), trial(1, retried_from=0), trial(2, retried_from=0), most=2, sightings=ran(1, 2))
    assert found(twice) == [(DOUBLE, 0)]


def test_charged_and_tried_again_is_double() -> None:
    assert found(account(trial(0), trial(1, retried_from=0), most=2, sightings=ran(0, 1))) == [(DOUBLE, 0)]


def test_one_number_run_by_two_processes_is_double() -> None:
    for other in (seen(0, "start", pid=8), seen(0, "start", pod=ANOTHER)):
        assert found(account(trial(0), most=1, sightings=[*other, *ran(0)])) == [(DOUBLE, 0)]


def test_ended_from_outside_while_its_process_went_on() -> None:
    sightings = [*seen(0, "start", "step", start=8.0), *seen(0, "step", start=10.5), *ran(1)]
    alive = account(lost(0), trial(1, retried_from=0), most=1, sightings=sightings)
    assert found(alive) == [(LIVE_FAILED, 0)]
    assert "0.50 s after" in alive.offences[0].sentence


def test_a_silent_node_is_no_proof_of_life() -> None:
    sightings = [*seen(0, "step", start=10.5), *ran(1)]
    assert found(account(lost(0, protocol.NODE_LOST), trial(1, retried_from=0), most=1, sightings=sightings)) == []


@pytest.mark.parametrize("failure_class", [protocol.NODE_LOST, protocol.PREEMPTED])
def test_a_worker_that_was_given_up_asks_for_no_other_trial(failure_class: str) -> None:
    gone = [*seen(0, "start", start=5.0), *ran(1)]
    trials = (lost(0, failure_class), trial(1, retried_from=0))
    clean = account(*trials, most=1, sightings=gone, silent=frozenset({0}))
    assert found(clean) == []
    stubborn = [*gone, *seen(2, "start", start=11.0)]
    later = (lost(2, ended=12.0, asked=10.5), trial(3, retried_from=2))
    again = account(*trials, *later, most=2, sightings=[*stubborn, *ran(3)], silent=frozenset({0}))
    assert found(again) == [(STUBBORN, 2)]
    assert "asked for it 0.50 s after" in again.offences[0].sentence


def test_a_process_may_begin_just_after_its_trial_was_given_up() -> None:
    given_up = (lost(0, protocol.NODE_LOST, ended=10.0, asked=9.95), trial(1, retried_from=0))
    assert found(account(*given_up, most=1, sightings=[*seen(0, "start", start=10.02), *ran(1)])) == []


@pytest.mark.parametrize(
    "sightings",
    [
        pytest.param([], id="nobody saw it"),
        pytest.param(seen(0, "start", "step"), id="it did not end"),
        pytest.param(seen(0, "start", "pruned"), id="it was pruned"),
        pytest.param(seen(0, "start", "end", pod=ANOTHER), id="another pod"),
        pytest.param([replace(each, value=0.5) for each in ran(0)], id="another value"),
    ],
)
def test_a_result_that_was_not_made_is_told_falsely(sightings: list[Sighting]) -> None:
    assert set(found(account(trial(0), most=1, sightings=sightings))) == {(FORGED, 0)}


def test_a_failure_is_charged_only_to_a_trial_whose_own_process_was_killed() -> None:
    crashed, outside = {"class": protocol.CRASHED}, {"class": protocol.PREEMPTED}
    sightings = seen(0, "start")
    assert found(account(trial(0, "FAIL", **crashed), most=1, sightings=sightings)) == [(UNJUST, 0)]
    assert found(account(trial(0, "FAIL", **crashed), most=1, sightings=sightings, killed=frozenset({0}))) == []
    killed = account(trial(0, "FAIL", **outside), most=1, sightings=sightings, killed=frozenset({0}))
    assert found(killed) == [(UNJUST, 0)]


def test_a_result_that_died_with_its_worker_is_counted_as_work_done_twice() -> None:
    again = account(lost(0), trial(1, retried_from=0), most=1, sightings=ran(0, 1))
    assert (found(again), again.ends_lost) == ([], 1)


def test_stuck_trials_are_named() -> None:
    assert found(account(trial(0), most=1, sightings=ran(0), stuck={0: 75.0})) == [(STUCK, 0)]
