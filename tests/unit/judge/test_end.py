"""When a sweep is over, and how."""

from __future__ import annotations

from dataclasses import replace

from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.observation import Fault, Observation
from hposweep.model.trials import RunningTrial
from tests.unit import world

DONE = world.job(is_complete=True)


def ending(sweep: Sweep, seen: Observation) -> tuple[str, bool] | None:
    end = judge(sweep, seen).end
    return (end.reason, end.is_failure) if end else None


def test_the_budget_is_reached_when_the_last_worker_has_gone() -> None:
    sweep = world.sweep()
    study = world.study(sweep, complete=7, pruned=2, failed=1)
    assert ending(sweep, world.seen(study, jobs=(DONE,))) == ("BudgetReached", False)
    assert ending(sweep, world.seen(study, jobs=(world.job(),), pods=(world.pod(),))) is None
    assert ending(sweep, world.seen(study, jobs=(DONE,), pods=(world.pod(is_terminating=True),))) is None


def test_uncharged_failures_do_not_reach_the_budget() -> None:
    sweep = world.sweep()
    study = world.study(sweep, complete=8, failed=2, uncharged=2)
    assert ending(sweep, world.seen(study, jobs=(DONE,))) is None


def test_a_trial_that_still_runs_is_waited_for() -> None:
    sweep = world.sweep()
    study = world.study(sweep, complete=10, running=(RunningTrial(1, 1, "gone"),))
    assert ending(sweep, world.seen(study, jobs=(DONE,))) is None


def test_a_stop_ends_as_complete_and_never_as_failed() -> None:
    for stop in ("Drain", "Terminate"):
        sweep = world.sweep(stop=stop)
        seen = world.seen(world.study(sweep, complete=3), jobs=(world.job(is_suspended=True),))
        assert ending(sweep, seen) == ("StoppedByUser", False)


def test_a_visited_grid_is_complete_before_the_budget() -> None:
    sweep = world.sweep()
    study = replace(world.study(sweep, complete=6), is_stopped=True)
    assert ending(sweep, world.seen(study, jobs=(DONE,))) == ("StudyStopped", False)
    assert ending(sweep, world.seen(study, jobs=(world.job(),), pods=(world.pod(),))) is None


def test_a_stop_needs_no_database_before_there_is_a_study() -> None:
    assert ending(world.sweep(stop="Drain"), world.seen(world.LOST)) == ("StoppedByUser", False)


def test_a_lost_database_ends_nothing() -> None:
    assert ending(world.sweep(stop="Drain"), world.seen(world.LOST, jobs=(DONE,))) is None
    assert ending(world.sweep(), world.seen(world.LOST, jobs=(DONE,))) is None


def test_a_failed_job_fails_the_sweep_with_the_workers_own_words() -> None:
    sweep = world.sweep()
    pod = world.pod(
        phase="Failed", exit_code=64, termination_message="objective `train:objective`: no module named train"
    )
    seen = world.seen(world.study(sweep), jobs=(world.job(is_failed=True, message="FailJob"),), pods=(pod,))
    end = judge(sweep, seen).end
    assert end is not None
    assert (end.reason, end.is_failure) == ("WorkersFailed", True)
    assert "no module named train" in end.message


def test_a_failed_job_after_the_budget_is_no_failure() -> None:
    sweep = world.sweep()
    seen = world.seen(world.study(sweep, complete=10), jobs=(world.job(is_failed=True),))
    assert ending(sweep, seen) == ("BudgetReached", False)


def test_a_broken_slot_does_not_fail_a_sweep_that_another_worker_can_finish() -> None:
    sweep = world.sweep()
    job = world.job(is_failed=True, reason="FailedIndexes", failed_indexes="1", completed_indexes=1)
    assert ending(sweep, world.seen(world.study(sweep, complete=10), jobs=(job,))) == ("BudgetReached", False)
    assert ending(sweep, world.seen(world.study(sweep, complete=9, waiting=1), jobs=(job,))) is None
    alone = world.job(is_failed=True, reason="FailedIndexes", failed_indexes="0-1")
    assert ending(sweep, world.seen(world.study(sweep, complete=9), jobs=(alone,))) == ("WorkersFailed", True)


def test_an_invalid_spec_fails_at_once_but_not_once_workers_exist() -> None:
    fault = (Fault("InvalidTemplate", "no such field"),)
    sweep = world.sweep()
    assert ending(sweep, world.seen(refusals=fault)) == ("InvalidSpec", True)
    running = world.seen(world.study(sweep), jobs=(world.job(),), pods=(world.pod(),), refusals=fault)
    assert ending(sweep, running) is None


def test_code_that_is_missing_is_waited_for() -> None:
    assert ending(world.sweep(), world.seen(refusals=(Fault("SourceNotFound", "no ConfigMap"),))) is None
