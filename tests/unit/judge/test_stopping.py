"""Who stops a sweep, whose word stands above whose, and mode it ends then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hposweep.judge.judge import judge
from hposweep.judge.stopping import stopping
from hposweep.model.trials import Breaker
from hposweep.model.verdicts import Decision
from tests.unit import world
from tests.unit.judge.deciding import point, seen, sweep
from tests.unit.judge.histories import START, after, history, of_values, trial

STOP = Decision("mid-sweep", "Stop", "why", START, label="no improvement")
GONE = (world.job(is_suspended=True),)
LOW = of_values([0.1, 0.2, 0.25, 0.15, 0.05, 0.1])
LIMITED = {"budget": {"activeDeadlineSeconds": 600}}


def test_nothing_stops_a_sweep_that_goes_on() -> None:
    going_on = (replace(STOP, outcome="Continue"), replace(STOP, outcome="Ask", deadline=after(900)))
    assert stopping(sweep(**LIMITED), going_on, after(599)) is None
    assert stopping(sweep(), (replace(STOP, dry_run=True),), after(10**8)) is None
    assert stopping(sweep(started=None, **LIMITED), (), after(10**8)) is None


def test_a_person_stands_above_a_decision_and_a_decision_above_the_clock() -> None:
    late = after(601)
    by_user = stopping(sweep(stop="Terminate", **LIMITED), (STOP,), late)
    by_decision, by_clock = (stopping(sweep(**LIMITED), made, late) for made in ((STOP,), ()))
    assert by_user is not None
    assert (by_user.mode, by_user.reason, by_user.is_terminating) == ("Terminate", "StoppedByUser", True)
    assert by_user.message == "stopped by `spec.stop: Terminate`"
    assert by_decision is not None
    assert (by_decision.mode, by_decision.reason) == ("Drain", "StoppedByDecision")
    assert by_decision.message == "stopped by decision `mid-sweep` (no improvement)"
    assert by_clock is not None
    assert (by_clock.mode, by_clock.reason, by_clock.is_terminating) == ("Drain", "TimeReached", False)
    assert "`spec.budget.activeDeadlineSeconds: 600`" in by_clock.message


def test_time_is_up_at_its_second_and_can_be_given_more_of() -> None:
    assert stopping(sweep(**LIMITED), (), after(600)) is not None
    assert stopping(sweep(budget={"activeDeadlineSeconds": 601}), (), after(600)) is None


def test_a_sweep_that_a_decision_stopped_ends_when_its_last_trial_has() -> None:
    of = sweep(point())
    going = judge(of, seen(of, LOW, after(700), jobs=(world.job(),), pods=(world.pod(),)))
    assert going.end is None
    assert going.stop is not None
    running = history(*LOW.trials, trial(6, state="RUNNING"))
    assert judge(of, seen(of, running, after(700), jobs=GONE)).end is None
    end = judge(of, seen(of, LOW, after(700), jobs=GONE)).end
    assert end is not None
    assert (end.reason, end.is_failure) == ("StoppedByDecision", False)
    assert end.message == "stopped by decision `mid-sweep` (no improvement) after 6 of 10 trials"


def test_a_budget_that_is_spent_meanwhile_is_reached() -> None:
    of = sweep(point())
    end = judge(of, seen(of, of_values([0.1] * 10), after(700), jobs=GONE)).end
    assert end is not None
    assert end.reason == "BudgetReached"


def test_a_person_who_stops_it_while_it_drains_has_stopped_it() -> None:
    of = sweep(point(), stop="Drain")
    end = judge(of, seen(of, LOW, after(700), jobs=GONE)).end
    assert end is not None
    assert end.reason == "StoppedByUser"


@pytest.mark.parametrize("has_workers", [True, False])
def test_time_that_is_up_ends_it_also_before_it_began(has_workers: bool) -> None:
    of = sweep(**LIMITED)
    jobs = GONE if has_workers else ()
    end = judge(of, seen(of, LOW if has_workers else None, after(600), jobs=jobs)).end
    assert end is not None
    assert (end.reason, end.is_failure) == (("TimeReached", False) if has_workers else ("NoTrialCompleted", True))
    assert f"after {6 if has_workers else 0} of 10 trials" in end.message


def test_a_lost_database_ends_nothing_though_time_is_up() -> None:
    of = sweep(**LIMITED)
    assert judge(of, seen(of, None, after(600), jobs=GONE)).end is None


def test_time_that_is_up_also_ends_a_sweep_that_waits_for_somebody_to_mend_it() -> None:
    of = sweep(**LIMITED)
    at = seen(of, LOW, after(599), jobs=GONE)
    study = at.storage.study
    assert study is not None
    broken = replace(at, storage=replace(at.storage, study=replace(study, breaker=Breaker("ImportError", "", 4))))
    assert judge(of, broken).end is None
    late = judge(of, replace(broken, now=after(600))).end
    assert late is not None
    assert late.reason == "TimeReached"


def test_too_many_failures_stay_a_failure_when_time_is_up_meanwhile() -> None:
    of = sweep(trials={"max": 10, "maxFailed": 0}, **LIMITED)
    failing = history(*LOW.trials, trial(6, state="FAIL"))
    end = judge(of, seen(of, failing, after(600) + timedelta(hours=1), jobs=GONE)).end
    assert end is not None
    assert (end.reason, end.is_failure) == ("TooManyFailedTrials", True)
