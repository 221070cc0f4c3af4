"""When a sweep is over, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.api.status import DecisionStatus
from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.history import PRUNED, History, Trial
from hposweep.model.observation import Fault, Observation
from hposweep.model.trials import Breaker, RunningTrial
from hposweep.model.verdicts import End
from hposweep.report.status import report
from hpotrial.protocol import PRUNED_BECAUSE
from tests import builders
from tests.unit import world
from tests.unit.judge.health.builders import complete, failed
from tests.unit.judge.histories import START, after

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


def test_a_stop_does_not_wait_for_a_trial_of_another_program() -> None:
    foreign, own = RunningTrial(1, 1, None), RunningTrial(2, 2, "gone")
    suspended = (world.job(is_suspended=True),)
    for stop, running, is_over in (
        ("Terminate", (foreign,), True),
        ("Drain", (foreign,), True),
        ("Drain", (foreign, own), False),
        ("None", (foreign,), False),
    ):
        sweep = world.sweep(stop=stop, study=builders.study(adopt=True))
        study = world.study(sweep, complete=3, running=running)
        assert (ending(sweep, world.seen(study, jobs=suspended)) is not None) is is_over, (stop, running)


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


def decided(*decisions: DecisionStatus, **spec: Any) -> Sweep:
    """A sweep that started, and decided so."""
    sweep = world.sweep(**spec)
    status = report(sweep, world.seen(), judge(sweep, world.seen()), START)
    return replace(sweep, status=replace(status, decisions=decisions))


def trials_of(*trials: Trial) -> History:
    return History(trials)


def failure(sweep: Sweep, seen: Observation) -> End:
    end = judge(sweep, seen).end
    assert end is not None
    assert end.is_failure
    assert end.reason == "NoTrialCompleted"
    return end


@pytest.mark.parametrize("count", [1, 4, 9])
def test_a_sweep_of_which_every_trial_failed_has_failed_however_few_they_were(count: int) -> None:
    sweep = world.sweep(trials={"max": count})
    trials = [
        failed(n, "DataMissing", "FileNotFoundError: /data (train.py:3)", fingerprint=f"{n}") for n in range(count)
    ]
    seen = world.seen(world.study(sweep, failed=count), jobs=(DONE,), history=trials_of(*trials))
    end = failure(sweep, seen)
    number = "all 4 trials failed; DataMissing 4 times" if count == 4 else ""
    assert number in end.message
    assert "FileNotFoundError: /data (train.py:3)" in end.message
    assert "volumes" in end.action


def test_a_sweep_of_which_every_trial_was_pruned_has_failed_and_says_so() -> None:
    sweep = world.sweep(trials={"max": 2})
    pruned = [replace(complete(n), state=PRUNED, attributes={PRUNED_BECAUSE: "no memory"}) for n in range(2)]
    end = failure(sweep, world.seen(world.study(sweep, pruned=2), jobs=(DONE,), history=trials_of(*pruned)))
    assert end.message == 'no trial completed: all 2 trials were pruned; pruned mostly because of "no memory" (2 of 2)'
    assert "spec.study.pruner" in end.action


def test_failed_and_pruned_trials_are_counted_with_the_most_frequent_class() -> None:
    sweep = world.sweep(trials={"max": 4})
    trials = (
        failed(0, "OutOfMemory"),
        failed(1, "OutOfMemory"),
        failed(2, "Crashed"),
        replace(complete(3), state=PRUNED),
    )
    end = failure(sweep, world.seen(world.study(sweep, failed=3, pruned=1), jobs=(DONE,), history=trials_of(*trials)))
    assert end.message == (
        "no trial completed: 3 failed and 1 were pruned of 4 trials; OutOfMemory 2 times, mostly "
        '"ValueError: no good (OutOfMemory)" (trial 1); 1 more class'
    )


def test_one_complete_trial_is_a_result() -> None:
    sweep = world.sweep()
    assert ending(sweep, world.seen(world.study(sweep, complete=1, failed=9), jobs=(DONE,))) == ("BudgetReached", False)


def test_every_other_end_without_a_complete_trial_is_a_failure_that_names_it() -> None:
    sweep = world.sweep()
    stopped = replace(world.study(sweep, pruned=3), is_stopped=True)
    assert "stopped the study after 3 trials" in failure(sweep, world.seen(stopped, jobs=(DONE,))).message
    limited = decided(budget={"activeDeadlineSeconds": 60})
    late = world.seen(world.study(limited), jobs=(world.job(is_suspended=True),), now=after(61))
    assert failure(limited, late).message == (
        "no trial completed: none finished; stopped by `spec.budget.activeDeadlineSeconds: 60` after 0 of 10 trials"
    )


def test_a_person_who_stops_before_a_trial_completed_gets_no_failure() -> None:
    for counts in ({}, {"failed": 3}, {"pruned": 2}):
        sweep = world.sweep(stop="Drain")
        seen = world.seen(world.study(sweep, **counts), jobs=(world.job(is_suspended=True),))
        assert ending(sweep, seen) == ("StoppedByUser", False)


@pytest.mark.parametrize(("is_by_person", "expected"), [(True, "StoppedByDecision"), (False, "NoTrialCompleted")])
def test_a_decision_is_a_persons_stop_when_a_person_answered(expected: str, *, is_by_person: bool) -> None:
    decision = DecisionStatus("half", "Stop", "m", START)
    answers = [{"decision": "half", "answer": "Stop"}] if is_by_person else []
    sweep = decided(decision, answers=answers)
    seen = world.seen(world.study(sweep, failed=3), jobs=(world.job(is_suspended=True),))
    assert ending(sweep, seen) == (expected, expected == "NoTrialCompleted")


def test_a_spent_budget_ends_the_sweep_although_its_breaker_is_open() -> None:
    sweep = world.sweep(trials={"max": 5})
    study = replace(world.study(sweep, failed=5), breaker=Breaker("ImportError", "no module torch", 4))
    assert failure(sweep, world.seen(study, jobs=(world.job(is_suspended=True),)))
    study = replace(study, counts=replace(study.counts, failed=4))
    assert ending(sweep, world.seen(study, jobs=(world.job(is_suspended=True),))) is None
