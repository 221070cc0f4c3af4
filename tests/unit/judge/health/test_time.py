"""Trials that run too long, and sweeps in which nothing finishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.judge.health.next_check import health_requeue_after_seconds
from hposweep.model.history import Trial
from hposweep.model.trials import RunningTrial
from hpotrial.protocol import POD_NAME
from tests.unit import world
from tests.unit.judge.health.builders import NOON, attributes, complete, evidence, failed, found, running

DONE = [complete(n) for n in range(20)]  # a minute each; the last at 11:19


def sweep(**health: Any) -> Sweep:
    return world.sweep(trials={"max": 100}, health=health)


def slow(trials: list[Trial], **health: Any) -> str:
    finding = found(sweep(**health), trials).get("SlowTrials")
    return finding.message if finding is not None else ""


def test_a_trial_is_slow_by_what_the_others_took() -> None:
    assert slow([*DONE, running(20, 180.0)]) == ""
    assert slow([*DONE, running(20, 181.0)]).startswith(
        "trial 20 has run for longer than 180 s (3 times the 95th percentile of 20 finished trials)"
    )
    assert slow([*DONE[:9], running(20, 1e6)]) == "", "nine trials are no measure"


def test_a_limit_of_ones_own_counts_when_it_is_larger_or_alone() -> None:
    assert slow([*DONE, running(20, 200.0)], maxTrialSeconds=300) == ""
    assert "longer than 300 s (`spec.health.maxTrialSeconds`)" in slow([*DONE, running(20, 301.0)], maxTrialSeconds=300)
    assert slow([*DONE, running(20, 181.0)], maxTrialSeconds=100)
    assert "longer than 100 s" in slow([running(0, 101.0)], maxTrialSeconds=100)


def test_a_limit_of_ones_own_counts_whatever_is_usual() -> None:
    assert "longer than 100 s (`spec.health.maxTrialSeconds`)" in slow(
        [*(complete(n, seconds=90.0) for n in range(20)), running(20, 101.0)], maxTrialSeconds=100
    )


def test_finished_trials_beyond_the_limit_stay_a_finding_between_trials_and_at_the_end() -> None:
    long = [complete(n, seconds=2400.0) for n in range(20)]
    expected = (
        "10 of the last 10 finished trials took longer than 1800 s (`spec.health.maxTrialSeconds`), at most 40 min "
        "(trial 19)"
    )
    assert slow([*long, running(20, 5.0)], maxTrialSeconds=1800).startswith(expected)
    ended = found(sweep(maxTrialSeconds=1800), long, has_ended=True)["SlowTrials"]
    assert ended.message.startswith(expected)
    assert slow([*long, *(complete(n) for n in range(20, 30))], maxTrialSeconds=1800) == ""


def test_a_trial_that_another_program_left_in_an_adopted_study_is_told_apart() -> None:
    left, own = running(20, 200.0), running(21, 200.0, attributes={POD_NAME: "search-0"})
    for adopt, trials, is_left in ((True, [left], True), (True, [left, own], False), (False, [left], False)):
        spec = world.sweep(
            trials={"max": 100}, study={"adopt": adopt, "objectives": [{"name": "loss", "direction": "Minimize"}]}
        )
        finding = found(spec, [*DONE, *trials])["SlowTrials"]
        assert ("adoptStaleSeconds" in finding.action) == is_left
        assert ("slow or missing data" in finding.message) != is_left


def test_trials_of_milliseconds_do_not_make_a_pause_slow() -> None:
    fast = [complete(n, seconds=0.002) for n in range(20)]
    assert slow([*fast, running(20, 59.0)]) == ""
    assert slow([*fast, running(20, 61.0)]).startswith(
        "trial 20 has run for longer than 60 s (trials usually take 0.002 s at most). Likely: "
    )
    assert due([*fast, running(20, 20.0)]) == pytest.approx(40)


def test_the_ages_are_those_that_the_study_tells_now_and_the_words_do_not_move_with_them() -> None:
    spec = sweep()
    study = replace(world.study(spec), running=(RunningTrial(9, 20, "u", 500.0),))
    trials = [*DONE, running(20, 5.0, attributes=attributes(pod="p-0"))]
    first = found(spec, trials, study=study)["SlowTrials"]
    assert "trial 20 in pod p-0 has run" in first.message
    older = replace(study, running=(RunningTrial(9, 20, "u", 900.0),))
    assert found(spec, trials, study=older)["SlowTrials"] == first


def due(trials: list[Trial], now: datetime = NOON, workers: int = 1, **health: Any) -> float | None:
    spec = sweep(**health)
    return health_requeue_after_seconds(spec.spec, evidence(spec, trials), workers, now)


def test_somebody_looks_when_the_next_trial_is_slow() -> None:
    assert due([*DONE, running(20, 60.0), running(21, 150.0)]) == pytest.approx(30)
    assert due([*DONE, running(20, 60.0), running(21, 181.0)]) == pytest.approx(120), "that one has been told"
    assert due([*DONE, running(20, 181.0)], noProgressSeconds=60) is None
    assert due(DONE) is None


def test_somebody_looks_when_nothing_has_finished_for_too_long() -> None:
    at = NOON - timedelta(minutes=11)  # half an hour after the last finish
    assert due([*DONE, running(20, 3 * 3600.0)], at) == pytest.approx(1800)
    assert due([*DONE, running(20, 3 * 3600.0)], at + timedelta(seconds=1801)) is None
    assert due([running(0, 3000.0)]) == pytest.approx(600)
    assert due([running(0, 3000.0)], workers=0) is None
    assert due([running(0, 3000.0)], maxTrialSeconds=3100) == pytest.approx(100)


def test_slow_trials_on_one_node_point_to_it() -> None:
    late = [running(n, 1000.0, attributes=attributes(pod=f"p{n}", node="n7")) for n in (20, 21)]
    assert "all on node n7" in slow([*DONE, *late])
    everywhere = [complete(n, attributes=attributes(node="n7")) for n in range(20)]
    assert "on node" not in slow([*everywhere, *late]), "a sweep of one node"
    late[1] = running(21, 1000.0, attributes=attributes(pod="p21", node="n8"))
    assert "on node" not in slow([*DONE, *late])


def test_nothing_finishes_while_workers_run() -> None:
    trials = [*DONE, running(20, 3 * 3600.0)]
    at = NOON + timedelta(minutes=20)  # an hour and a minute after the last finish
    finding = found(sweep(), trials, now=at)["NoProgress"]
    assert finding.message.startswith(
        "no trial has finished since trial 19 at 2026-01-01 11:19:00, although trials ran for more than 3600 s. "
        "Likely: "
    )
    assert found(sweep(), trials, now=at + timedelta(hours=1))["NoProgress"] == finding
    assert "NoProgress" not in found(sweep(), trials, now=at - timedelta(minutes=2))
    assert "NoProgress" not in found(sweep(), trials, now=at, workers=0)
    assert "NoProgress" not in found(sweep(), trials, now=at, has_ended=True)


def test_long_trials_take_the_time_that_they_take() -> None:
    trials = [complete(n, seconds=7200.0) for n in range(5)] + [running(5, 15_000.0)]
    assert "NoProgress" not in found(sweep(), trials, now=NOON + timedelta(hours=5))
    assert "NoProgress" in found(sweep(), [*trials[:5], running(5, 22_000.0)], now=NOON + timedelta(hours=6))


def test_a_sweep_that_was_suspended_did_not_stand_still() -> None:
    assert "NoProgress" not in found(sweep(), [*DONE, running(20, 60.0)], now=NOON + timedelta(hours=9))


def test_nothing_has_finished_at_all() -> None:
    assert "no trial has finished so far" in found(sweep(), [running(0, 3601.0)])["NoProgress"].message
    assert "NoProgress" not in found(sweep(), [running(0, 3599.0)])


def test_tries_that_are_lost_again_and_again_are_no_progress() -> None:
    at = NOON + timedelta(hours=2)
    lost = [
        failed(
            20 + k,
            "Preempted",
            attributes=attributes(charged=False),
            seconds=1500.0,
            completed=NOON + timedelta(minutes=25 * (k + 1)),
        )
        for k in range(4)
    ]
    finding = found(sweep(), [*DONE, *lost], now=at)["NoProgress"]
    assert "lost trials: Preempted 4" in finding.message
