"""When there is nothing left to do: workers that run leave by themselves, and nobody waits for any other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.observation import Observation
from hposweep.model.plan import DeletePod, FailTrials, Plan, ResizeJob
from hposweep.model.trials import RunningTrial
from hposweep.model.workers import Pod
from hposweep.plan.planner import plan
from hposweep.plan.trials import requeue_after_seconds
from tests import builders
from tests.unit import world

TWO = builders.workers(2)


def planned(sweep: Sweep, observation: Observation) -> Plan:
    return plan(sweep, observation, judge(sweep, observation))


def test_a_budget_that_is_spent_waits_for_no_slot_in_back_off() -> None:
    """The Job controller would start it in up to ten minutes, to hear that there is nothing to do."""
    sweep = world.sweep(workers=TWO)
    jobs = (world.job(parallelism=2, completed_indexes=1),)
    pods = (world.pod(0, "Succeeded", job="digits-search"), world.pod(1, "Failed", job="digits-search"))
    result = planned(sweep, world.seen(world.study(sweep, complete=10), jobs=jobs, pods=pods))
    assert world.action(result, ResizeJob) == ResizeJob("digits-search", 2, is_suspended=True)


@pytest.mark.parametrize("stop", ["None", "Drain"])
def test_what_was_suspended_because_nothing_is_left_stays_so(stop: str) -> None:
    """Also while a pod of it still goes: resumed, it would make pods only to end them, for ever."""
    sweep = world.sweep(stop=stop, workers=TWO)
    jobs = (world.job(parallelism=2, is_suspended=True),)
    pods = (world.pod(0, "Failed", job="digits-search"), world.pod(1, is_terminating=True, job="digits-search"))
    assert planned(sweep, world.seen(world.study(sweep, complete=10), jobs=jobs, pods=pods)) == Plan()


def test_a_drain_waits_for_no_slot_in_back_off_either() -> None:
    sweep = world.sweep(stop="Drain")
    pods = (world.pod(phase="Failed", job="digits-search"),)
    observation = world.seen(world.study(sweep, complete=3), jobs=(world.job(),), pods=pods)
    assert world.action(planned(sweep, observation), ResizeJob) == ResizeJob("digits-search", 1, is_suspended=True)


@pytest.mark.parametrize(
    "late", [world.pod(1, "Pending"), world.pod(1, unreachable_since=world.NOON)], ids=["never started", "silent"]
)
def test_a_budget_that_is_spent_waits_for_no_pod_that_does_not_run(late: Pod) -> None:
    sweep = world.sweep(workers=TWO)
    jobs = (world.job(parallelism=2, completed_indexes=1),)
    pods = (world.pod(0, "Succeeded", job="digits-search"), late)
    result = planned(sweep, world.seen(world.study(sweep, complete=10), jobs=jobs, pods=pods))
    assert world.action(result, ResizeJob) == ResizeJob("digits-search", 2, is_suspended=True)


def test_workers_of_a_budget_that_is_spent_leave_by_themselves() -> None:
    sweep = world.sweep(workers=TWO)
    jobs = (world.job(parallelism=2),)
    leaving = world.seen(world.study(sweep, complete=10), jobs=jobs, pods=(world.pod(0), world.pod(1)))
    assert planned(sweep, leaving) == Plan()
    left = tuple(world.pod(number, "Succeeded", job="digits-search") for number in range(2))
    uncounted = world.seen(world.study(sweep, complete=10), jobs=jobs, pods=left)
    assert planned(sweep, uncounted) == Plan(), "the Job is about to be complete"
    tidied = tuple(world.pod(number, is_ready=False, exit_code=0, job="digits-search") for number in range(2))
    untidy = world.seen(world.study(sweep, complete=10), jobs=jobs, pods=tidied)
    assert planned(sweep, untidy) == Plan(), "their programs have ended, and the pods are kept for their logs"


def test_a_trial_that_was_lost_with_its_pod_is_waited_for() -> None:
    sweep = world.sweep()
    study = world.study(sweep, complete=9, waiting=1)
    observation = world.seen(study, jobs=(world.job(),), pods=(world.pod(phase="Failed", job="digits-search"),))
    assert planned(sweep, observation) == Plan()


def held(number: int = 0, *, exit_code: int = 0, seconds: float = 60.0) -> Pod:
    """Its trial container ended so long ago, and a proxy still runs."""
    ended_at = world.NOON - timedelta(seconds=seconds)
    return world.pod(
        number, is_ready=False, exit_code=exit_code, is_held_open=True, ended_at=ended_at, job="digits-search"
    )


def test_a_sweep_ends_although_a_second_container_does_not() -> None:
    sweep = world.sweep()
    study = world.study(sweep, complete=10)
    result = planned(sweep, world.seen(study, jobs=(world.job(),), pods=(held(),)))
    assert world.action(result, ResizeJob) == ResizeJob("digits-search", 1, is_suspended=True)
    suspended = world.seen(study, jobs=(world.job(is_suspended=True),), pods=(held(),))
    end = judge(sweep, suspended).end
    assert end is not None
    assert end.reason == "BudgetReached"


def test_a_second_container_has_the_time_to_end_by_itself() -> None:
    sweep = world.sweep()
    observation = world.seen(world.study(sweep, complete=10), jobs=(world.job(),), pods=(held(seconds=10),))
    assert planned(sweep, observation) == Plan()
    assert requeue_after_seconds(sweep, observation) == 20


def test_a_failed_worker_whose_second_container_runs_is_replaced() -> None:
    sweep = world.sweep()
    observation = world.seen(world.study(sweep, complete=5), jobs=(world.job(),), pods=(held(exit_code=75),))
    assert planned(sweep, observation).of_kind(DeletePod) == (DeletePod("pod-0", "", is_unreachable=False),)
    young = world.seen(world.study(sweep, complete=5), jobs=(world.job(),), pods=(held(exit_code=75, seconds=1),))
    assert planned(sweep, young).of_kind(DeletePod) == ()


def test_a_trial_of_a_worker_that_a_second_container_holds_open_is_lost() -> None:
    sweep = world.sweep()
    study = world.study(sweep, running=(RunningTrial(1, 4, "pod-uid-0"),))
    pods = (held(exit_code=1, seconds=1),)
    lost = world.only(planned(sweep, world.seen(study, jobs=(world.job(),), pods=pods)), FailTrials)
    assert [trial.failure_class for trial in lost.trials] == ["Crashed"]


def test_a_worker_that_ended_well_waits_for_the_others() -> None:
    sweep = world.sweep(workers=TWO)
    study = world.study(sweep, complete=9, running=(RunningTrial(1, 9, "pod-uid-1"),))
    pods = (held(), world.pod(1, job="digits-search"))
    assert planned(sweep, world.seen(study, jobs=(world.job(parallelism=2),), pods=pods)) == Plan()
