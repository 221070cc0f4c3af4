"""How many trials may fail, and how a sweep ends in which too many did."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.judge.judge import judge
from hposweep.model.plan import CreateJob, FailTrials, ResizeJob, SetControl
from hposweep.model.trials import RunningTrial
from hposweep.plan.planner import plan
from tests.unit import world


def limited(limit: Any, most: int = 25, **spec: Any) -> Any:
    return world.sweep(trials={"max": most, "maxFailed": limit}, **spec)


@pytest.mark.parametrize(
    ("limit", "most", "failed", "is_beyond"),
    [
        (None, 25, 24, False),
        (0, 25, 0, False),
        (0, 25, 1, True),
        (3, 25, 3, False),
        (3, 25, 4, True),
        ("10%", 25, 2, False),
        ("10%", 25, 3, True),
        ("10%", 100, 10, False),
        ("10%", 100, 11, True),
        ("0%", 100, 1, True),
        ("100%", 25, 24, False),
    ],
)
def test_only_more_than_the_limit_is_too_many(limit: Any, most: int, failed: int, is_beyond: bool) -> None:
    sweep = limited(limit, most)
    study = world.study(sweep, failed=failed + 5, uncharged=5)
    running = world.seen(study, jobs=(world.job(),), pods=(world.pod(),))
    verdicts = judge(sweep, running)
    assert (verdicts.pending_end is not None) is is_beyond
    assert verdicts.end is None, "its workers have to go first"
    gone = judge(sweep, world.seen(study, jobs=(world.job(is_suspended=True),))).end
    assert ((gone.reason, gone.is_failure) if gone else None) == (("TooManyFailedTrials", True) if is_beyond else None)


def test_the_sentence_has_the_numbers() -> None:
    for limit, words in ((3, "allows only 3"), ("10%", "allows only `10%` of 25 trials")):
        sweep = limited(limit)
        end = judge(sweep, world.seen(world.study(sweep, failed=4), jobs=(world.job(is_complete=True),))).end
        assert end is not None
        assert end.message == f"4 trials failed, but `spec.trials.maxFailed` {words}"


def test_the_workers_are_ended_and_their_trials_neither_charged_nor_tried_again() -> None:
    sweep = limited(3)
    running = (RunningTrial(42, 9, "gone"),)
    seen = world.seen(world.study(sweep, failed=4, running=running), jobs=(world.job(),), pods=(world.pod(),))
    todo = plan(sweep, seen, judge(sweep, seen))
    assert world.only(todo, SetControl).value["stop"] == "Terminate"
    assert world.only(todo, ResizeJob).is_suspended
    assert world.only(todo, FailTrials).is_final


def test_no_other_job_follows() -> None:
    sweep = limited(3)
    seen = world.seen(
        world.study(sweep, failed=4, running=(RunningTrial(1, 9, "x"),)), jobs=(world.job(is_complete=True),)
    )
    assert plan(sweep, seen, judge(sweep, seen)).of_kind(CreateJob) == ()


def test_a_stop_of_the_user_is_never_a_failure() -> None:
    sweep = limited(3, stop="Drain")
    end = judge(sweep, world.seen(world.study(sweep, failed=4), jobs=(world.job(is_complete=True),))).end
    assert end is not None
    assert (end.reason, end.is_failure) == ("StoppedByUser", False)


def test_a_budget_that_failed_too_often_is_failed_even_when_it_is_spent() -> None:
    sweep = limited(3, most=10)
    end = judge(sweep, world.seen(world.study(sweep, complete=6, failed=4), jobs=(world.job(is_complete=True),))).end
    assert end is not None
    assert end.reason == "TooManyFailedTrials"


def test_a_raised_limit_goes_on() -> None:
    sweep = limited(4)
    seen = world.seen(world.study(sweep, failed=4), jobs=(world.job(is_suspended=True),))
    todo = plan(sweep, seen, judge(sweep, seen))
    assert not world.only(todo, ResizeJob).is_suspended
