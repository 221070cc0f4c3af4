"""Whole passes over a sweep with a preflight: no search before its checks passed, and no check twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from hposweep.api.conditions import Condition
from hposweep.api.sweep import Sweep
from hpotrial.protocol.preflight import FAILED, PASSED, WARNING, Finding, PreflightResult
from tests import builders
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes

JOB, SEARCH = "digits-preflight", "digits-search"
MISSING = Finding("path", "/data/digits", FAILED, "spec.preflight.paths[0]: `/data/digits` does not exist here")
SLOW = Finding("database", "study", WARNING, "the database answers slowly")
OK = Finding("objective", "train:objective", PASSED)
CODE = {"python": "train:objective", "sourceRef": {"configMap": {"name": "code"}}}


def sweep(**fields: Any) -> Sweep:
    return world.sweep(**{"preflight": {"paths": [{"path": "/data/digits"}]}, "objective": CODE, **fields})


class Clock:
    def __init__(self) -> None:
        self.now = world.NOON

    def __call__(self) -> datetime:
        return self.now


class World:
    """One sweep on a cluster whose pods end when the test says so."""

    def __init__(self, of: Sweep | None = None) -> None:
        self.cluster, self.studies, self.clock = MemoryCluster(of or sweep()), MemoryStudies(), Clock()

    async def reconcile(self, count: int = 3) -> float | None:
        """Make passes by a new operator process, as after a restart."""
        return (await passes(made(self.cluster, self.studies, clock=self.clock), count))[-1]

    def end(self, *findings: Finding, job: str = JOB, **pod: Any) -> None:
        """End the Job's pod with these results."""
        fields = {"exit_code": 0, "termination_message": PreflightResult.of(findings).to_message(), **pod}
        has_succeeded = fields["exit_code"] == 0
        phase = "Succeeded" if has_succeeded else "Failed"
        self.cluster.pods = (*self.cluster.pods, world.pod(len(self.cluster.pods), phase=phase, job=job, **fields))
        ended = {"is_complete": has_succeeded, "is_failed": not has_succeeded}
        self.cluster.jobs = tuple(replace(j, **ended) if j.name == job else j for j in self.cluster.jobs)

    def pass_seconds(self, seconds: float) -> None:
        self.clock.now += timedelta(seconds=seconds)

    @property
    def jobs(self) -> list[str]:
        return sorted(job.name for job in self.cluster.jobs)

    @property
    def created(self) -> list[str]:
        return [line.removeprefix("create ") for line in self.cluster.log if line.startswith("create ")]

    @property
    def condition(self) -> Condition:
        assert self.cluster.held.status is not None
        condition = self.cluster.held.status.condition("PreflightPassed")
        assert condition is not None
        return condition

    @property
    def state(self) -> str:
        assert self.cluster.held.status is not None
        return self.cluster.held.status.state


async def test_without_a_preflight_the_search_starts_at_once() -> None:
    here = World(world.sweep())
    await here.reconcile()
    assert here.jobs == [SEARCH]
    assert (here.condition.status, here.condition.reason) == ("True", "Skipped")
    assert "event Skipped" not in here.cluster.log


async def test_the_search_waits_for_the_checks_and_starts_after_them() -> None:
    here = World()
    await here.reconcile()
    assert here.jobs == [JOB]
    assert (here.state, here.condition.status, here.condition.reason) == ("Checking", "Unknown", "Running")
    here.end(OK)
    await here.reconcile()
    assert here.created == [JOB, SEARCH]
    assert (here.condition.status, here.condition.reason) == ("True", "Passed")
    assert here.condition.message == "1 check passed"
    assert here.cluster.held.status is not None
    assert [row.name for row in here.cluster.held.status.preflight] == ["train:objective"]


async def test_a_failed_check_keeps_the_search_from_starting_and_names_its_field() -> None:
    here = World()
    await here.reconcile()
    here.end(OK, MISSING)
    await here.reconcile(5)
    assert here.created == [JOB], "no second pod, and no search"
    assert (here.condition.status, here.condition.reason) == ("False", "Failed")
    assert (
        "of 2 checks, 1 failed: spec.preflight.paths[0]: `/data/digits` does not exist here" in here.condition.message
    )
    assert "kubectl annotate hposweep digits hposweep.dev/retry-preflight=1 --overwrite" in here.condition.message
    assert here.cluster.held.status is not None
    assert here.cluster.held.status.message == here.condition.message
    assert here.cluster.log.count("event Failed") == 1


async def test_it_is_checked_again_by_itself_ever_more_rarely() -> None:
    here = World()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    waits = []
    for attempt in range(2, 9):
        name, waited = f"{JOB}-{attempt}", 0
        while name not in here.jobs:
            here.pass_seconds(30)
            waited += 30
            await here.reconcile(1)
        waits.append(waited)
        await here.reconcile(2)
        assert (here.condition.status, here.condition.reason) == ("False", "Running")
        assert "before, of 1 check, 1 failed" in here.condition.message
        here.end(MISSING, job=name)
        await here.reconcile(2)
    assert waits == [60, 120, 240, 480, 960, 1800, 1800]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda of: replace(of, retry_preflight="1"), id="annotation"),
        pytest.param(lambda of: replace(of, spec=sweep(preflight={"disk": []}).spec), id="spec"),
    ],
)
async def test_a_change_is_checked_at_once(change: Any) -> None:
    here = World()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    here.cluster.held = change(here.cluster.held)
    here.pass_seconds(5)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]
    here.end(OK, job=f"{JOB}-2")
    await here.reconcile()
    assert here.created[-1] == SEARCH


async def test_a_change_of_the_code_s_config_map_is_checked_at_once() -> None:
    here = World()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    here.cluster.code_version = "2"
    here.pass_seconds(5)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]


async def test_a_result_about_an_earlier_input_starts_no_search() -> None:
    here = World()
    await here.reconcile()
    here.cluster.code_version = "2"
    here.end(OK)
    await here.reconcile()
    assert here.created == [JOB]
    here.pass_seconds(5)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]


async def test_a_failed_check_may_only_warn() -> None:
    here = World(sweep(preflight={"failurePolicy": "Warn"}))
    await here.reconcile()
    here.end(MISSING, SLOW)
    await here.reconcile()
    assert here.created == [JOB, SEARCH]
    assert (here.condition.status, here.condition.reason) == ("True", "PassedWithWarnings")
    assert "of 2 checks, 1 failed, 1 warned: spec.preflight.paths[0]" in here.condition.message


@pytest.mark.parametrize("is_saved", [True, False])
async def test_a_killed_operator_neither_checks_again_nor_starts_a_second_pod(is_saved: bool) -> None:
    here = World()
    await here.reconcile()
    before = here.cluster.held.status
    await here.reconcile(4)
    assert here.created == [JOB]
    here.end(OK)
    await here.reconcile()
    if not is_saved:  # it was killed after it had created the search, and before it wrote the status
        here.cluster.held = replace(here.cluster.held, status=before)
    await here.reconcile()
    assert here.created == [JOB, SEARCH]
    assert here.condition.reason == "Passed"


async def test_results_outlive_their_job() -> None:
    here = World()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    here.cluster.jobs, here.cluster.pods = (), ()
    here.pass_seconds(61)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"], "the number of an attempt is never used twice"


@pytest.mark.parametrize(
    ("pod", "words"),
    [
        ({"exit_code": 64, "termination_message": "missing environment variables: HPOSWEEP_WORK"}, "HPOSWEEP_WORK"),
        ({"exit_code": 137, "terminated_reason": "OOMKilled", "termination_message": ""}, "exit code 137 (OOMKilled)"),
        ({"exit_code": 0, "termination_message": "no JSON"}, "left no results"),
    ],
)
async def test_a_pod_without_results_is_a_failed_check(pod: dict[str, Any], words: str) -> None:
    here = World()
    await here.reconcile()
    here.end(**pod)
    await here.reconcile()
    assert (here.condition.status, here.condition.reason) == ("False", "Failed")
    assert words in here.condition.message


async def test_a_pod_that_cannot_run_says_why() -> None:
    here = World()
    await here.reconcile()
    here.cluster.pods = (
        world.pod(phase="Pending", job=JOB, reason="Unschedulable", message="0/2 nodes: Insufficient nvidia.com/gpu"),
    )
    await here.reconcile()
    assert (here.condition.status, here.condition.reason) == ("False", "Unschedulable")
    assert "Insufficient nvidia.com/gpu" in here.condition.message


async def test_a_paused_sweep_is_not_checked_and_its_check_is_paused() -> None:
    here = World(sweep(suspend=True))
    await here.reconcile()
    assert (here.created, here.state) == ([], "Suspended")
    here.cluster.held = replace(here.cluster.held, spec=sweep().spec)
    await here.reconcile()
    here.cluster.held = replace(here.cluster.held, spec=sweep(suspend=True).spec)
    await here.reconcile()
    assert [job.is_suspended for job in here.cluster.jobs] == [True]
    here.cluster.held = replace(here.cluster.held, spec=sweep().spec)
    await here.reconcile()
    assert [(job.name, job.is_suspended) for job in here.cluster.jobs] == [(JOB, False)]


async def test_a_stopped_sweep_ends_its_check() -> None:
    here = World()
    await here.reconcile()
    here.cluster.held = replace(here.cluster.held, spec=sweep(stop="Drain").spec)
    await here.reconcile()
    assert [job.is_suspended for job in here.cluster.jobs] == [True]
    assert here.state == "Stopped"
    assert here.condition.reason == "Pending"


async def test_a_pod_that_another_container_holds_open_is_ended_once_its_results_are_known() -> None:
    here = World()
    await here.reconcile()
    message = PreflightResult.of([MISSING]).to_message()
    held = {"exit_code": 0, "termination_message": message, "is_held_open": True, "ended_at": world.NOON}
    here.cluster.pods = (world.pod(job=JOB, **held),)
    await here.reconcile()
    assert here.condition.reason == "Failed"
    assert [job.is_suspended for job in here.cluster.jobs] == [False]
    here.pass_seconds(31)
    await here.reconcile()
    assert [job.is_suspended for job in here.cluster.jobs] == [True]
    assert here.created == [JOB]


async def test_a_preflight_that_is_added_to_a_running_search_is_skipped() -> None:
    here = World(world.sweep())
    await here.reconcile()
    here.cluster.held = replace(here.cluster.held, spec=sweep().spec)
    await here.reconcile()
    assert here.created == [SEARCH]
    assert here.condition.reason == "Skipped"
    assert "the search had started before" in here.condition.message


async def test_the_pod_is_the_workers_own_but_for_its_configuration() -> None:
    from hposweep.plan.job import search_job
    from hposweep.plan.podtemplate import pod_template

    gpu = {"limits": {"nvidia.com/gpu": 1}}
    template = {"replicas": 4, "template": builders.pod_template(nodeSelector={"pool": "gpu"})}
    template["template"]["spec"]["containers"][0]["resources"] = gpu
    of = sweep(workers=template)
    worker, pod = search_job(of)["spec"]["template"], pod_template(of, "preflight")
    own, theirs = ({e["name"]: e for e in t["spec"]["containers"][0].pop("env")} for t in (pod, worker))
    assert pod["spec"] == worker["spec"]
    assert own.keys() ^ theirs.keys() == {"HPOSWEEP_PREFLIGHT", "HPOSWEEP_WORK"}
