"""A sweep that the operator stops itself: as gently as `spec.stop: Drain`, by the same means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.model.plan import CreateJob, CreateStudy, Plan, ResizeJob, SetControl
from hposweep.model.trials import RunningTrial
from hposweep.plan.planner import plan
from tests.unit import world
from tests.unit.judge.deciding import point, seen, sweep
from tests.unit.judge.histories import after, of_values

LOW, HIGH = of_values([0.1] * 6), of_values([0.4] * 6)
LIMITED = {"budget": {"activeDeadlineSeconds": 600}}
# A sweep, what its trials came to, and at which second somebody looks: all three stop.
STOPS = pytest.mark.parametrize(
    ("of", "so_far", "second"),
    [
        (sweep(point()), LOW, 10),
        (sweep(**LIMITED), HIGH, 600),
        (sweep(stop="Drain"), HIGH, 10),
    ],
    ids=["decision", "time", "user"],
)


def looked_at(of: Sweep, so_far: History, second: int, *, was_told: bool = True, **children: Any) -> Observation:
    at = seen(of, so_far, after(second), **children)
    study = at.storage.study
    assert study is not None
    block = {**(study.control or {}), "stop": "Drain" if was_told else "None"}
    return replace(at, storage=replace(at.storage, study=replace(study, control=block)))


def planned(of: Sweep, at: Observation) -> Plan:
    return plan(of, at, judge(of, at))


@STOPS
def test_workers_are_told_to_drain(of: Sweep, so_far: History, second: int) -> None:
    at = looked_at(of, so_far, second, was_told=False, jobs=(world.job(),), pods=(world.pod(),))
    result = planned(of, at)
    assert world.only(result, SetControl).value["stop"] == "Drain"
    assert [type(action) for action in result.actions] == [SetControl], (
        "no Job, no other size, no trial failed, no pod deleted"
    )


@STOPS
def test_trials_that_run_may_end(of: Sweep, so_far: History, second: int) -> None:
    at = looked_at(of, so_far, second, jobs=(world.job(),), pods=(world.pod(),))
    study = at.storage.study
    assert study is not None
    running = (RunningTrial(9, 9, "pod-uid-0"),)
    at = replace(at, storage=replace(at.storage, study=replace(study, running=running)))
    assert planned(of, at) == Plan()


@STOPS
def test_no_pod_is_waited_for_that_never_started(of: Sweep, so_far: History, second: int) -> None:
    at = looked_at(of, so_far, second, jobs=(world.job(),), pods=(world.pod(phase="Pending"),))
    assert world.action(planned(of, at), ResizeJob) == ResizeJob("digits-search", 1, is_suspended=True)


@STOPS
def test_no_job_is_made_and_none_follows(of: Sweep, so_far: History, second: int) -> None:
    for jobs in ((), (world.job(is_complete=True),)):
        at = looked_at(of, so_far, second, jobs=jobs, pods=(world.pod(is_terminating=True),))
        assert planned(of, at).of_kind(CreateJob) == ()


def test_no_study_is_made_when_time_is_up() -> None:
    of = sweep(**LIMITED)
    at = replace(world.seen(pods=(world.pod(),)), now=after(600))
    assert world.action(planned(of, at), CreateStudy) is None
    assert world.action(planned(of, replace(at, now=after(599))), CreateStudy) is not None


def test_more_time_lets_it_go_on() -> None:
    of = sweep(budget={"activeDeadlineSeconds": 1200})
    at = looked_at(of, HIGH, 700, jobs=(world.job(is_complete=True),))
    result = planned(of, at)
    assert world.only(result, SetControl).value["stop"] == "None"
    assert world.only(result, CreateJob).manifest["metadata"]["name"] == "digits-search-2"


@pytest.mark.parametrize("outcome", ["Continue", "Ask"])
def test_what_does_not_stop_the_sweep_changes_nothing(outcome: str) -> None:
    of = sweep(point(rules=[{"when": {"trialsFinished": {"min": 1}}, "then": outcome}]))
    at = looked_at(of, LOW, 10, was_told=False, jobs=(world.job(),), pods=(world.pod(),))
    assert judge(of, at).decisions[0].outcome == outcome
    assert planned(of, at) == Plan()


def test_a_dry_decision_changes_nothing() -> None:
    of = sweep(point(dryRun=True))
    at = looked_at(of, LOW, 10, was_told=False, jobs=(world.job(),), pods=(world.pod(),))
    assert judge(of, at).decisions[0].outcome == "Stop"
    assert planned(of, at) == Plan()
