"""The first trials failed alike: workers stand still until the user has looked, and then try again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.observation import Observation
from hposweep.model.plan import CreateJob, Plan, ResizeJob, SetControl
from hposweep.model.trials import Breaker, Study
from hposweep.plan.control import control
from hposweep.plan.planner import plan
from tests import builders
from tests.unit import world
from tests.unit.report.reading import told

OPEN = Breaker("ImportError", "no module `torch`", 4, "pod-0")


def planned(sweep: Sweep, observation: Observation) -> Plan:
    return plan(sweep, observation, judge(sweep, observation))


def opened(sweep: Sweep, **counts: int) -> Study:
    return replace(world.study(sweep, **{"failed": 5, **counts}), breaker=OPEN)


def test_the_job_is_suspended_while_it_stands() -> None:
    sweep = world.sweep()
    result = planned(sweep, world.seen(opened(sweep), jobs=(world.job(),), pods=(world.pod(),)))
    assert world.only(result, ResizeJob).is_suspended
    assert world.action(result, SetControl) is None


@pytest.mark.parametrize("job", [world.job(is_complete=True), world.job(is_suspended=True)])
def test_nothing_is_started_while_it_stands(job: Any) -> None:
    sweep = world.sweep()
    assert planned(sweep, world.seen(opened(sweep), jobs=(job,))) == Plan()
    assert planned(sweep, world.seen(opened(sweep))).of_kind(CreateJob) == ()


@pytest.mark.parametrize("most", [6, 10])
def test_a_sweep_in_that_state_does_not_end_unless_the_user_stops_it(most: int) -> None:
    sweep = world.sweep(trials={"max": most})
    jobs = (world.job(is_complete=True),)
    assert judge(sweep, world.seen(opened(sweep), jobs=jobs)).end is None
    stopped = world.sweep(stop="Drain", trials={"max": 10})
    end = judge(stopped, world.seen(opened(stopped), jobs=jobs)).end
    assert end is not None
    assert end.reason == "StoppedByUser"


def test_suspend_closes_it_once_no_worker_could_open_it_again() -> None:
    sweep = world.sweep(suspend=True)
    waiting = world.seen(opened(sweep), jobs=(world.job(is_suspended=True),), pods=(world.pod(is_terminating=True),))
    assert planned(sweep, waiting) == Plan()
    study = opened(sweep, complete=0, waiting=1)
    result = planned(sweep, world.seen(study, jobs=(world.job(is_suspended=True),)))
    assert world.only(result, SetControl).closes_breaker
    assert world.only(result, SetControl).value == control(sweep, breaker_from=6), "numbers 0 to 5 are spoken for"


def test_resumed_it_tries_again_and_counts_new_trials_only() -> None:
    sweep = world.sweep()
    told = control(sweep, breaker_from=6)
    study = replace(world.study(sweep, failed=5, waiting=1), control=told)
    result = planned(sweep, world.seen(study, jobs=(world.job(is_suspended=True),)))
    assert world.action(result, SetControl) is None, "where it counts from is kept"
    assert not world.only(result, ResizeJob).is_suspended
    after = planned(sweep, world.seen(study, jobs=(world.job(is_complete=True),)))
    assert world.only(after, CreateJob).manifest["metadata"]["name"] == "digits-search-2"


def test_in_an_adopted_study_only_new_trials_are_counted() -> None:
    sweep = world.sweep(study=builders.study(adopt=True), trials={"max": 20})
    study = replace(world.study(sweep, failed=5, complete=7), control=None)
    result = planned(sweep, world.seen(study))
    assert world.only(result, SetControl).value["breakerFrom"] == 12


def test_a_definition_that_changed_is_told_apart_from_failures_that_are_alike() -> None:
    sweep = world.sweep()
    error = "SpaceChangedError: parameter `k`: its definition differs (got [1, 2]; allowed [1])"
    changed_space = Breaker("ObjectiveError", error, 7, "pod-0", is_space_changed=True)
    study = replace(world.study(sweep, complete=7), breaker=changed_space)
    status = told(sweep, world.seen(study, jobs=(world.job(is_suspended=True),)))
    healthy = status.condition("Healthy")
    assert healthy is not None
    assert (healthy.status, healthy.reason) == ("False", "FailingImmediately")
    assert healthy.message.startswith(
        f"the code and the study define a parameter differently, so no further trials start: ObjectiveError: {error} "
        "(trial 7, not charged). "
    )
    workers = status.condition("WorkersReady")
    assert workers is not None
    assert workers.message.startswith("the code and the study define a parameter differently (see Healthy)")
