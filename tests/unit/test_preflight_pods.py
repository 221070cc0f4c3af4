"""Pods of a preflight that leave no results, cannot run, or are paused, stopped or held open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.model.workers import SIDE_CONTAINER_SECONDS, ImagePull
from hposweep.plan.job import search_job
from hposweep.plan.podtemplate import pod_template
from hpotrial.protocol.preflight import PreflightResult
from tests import builders
from tests.unit import world
from tests.unit.memory import SETTINGS
from tests.unit.preflight_world import JOB, MISSING, OK, SEARCH, World, sweep


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


@pytest.mark.parametrize(
    ("since", "pull", "reason"),
    [
        (20, ImagePull("registry.example/large:1", world.NOON - timedelta(seconds=15)), "PullingImage"),
        (20, None, "ScalingUp"),
    ],
)
async def test_a_pod_that_starts_slowly_is_no_failed_gate(since: int, pull: ImagePull | None, reason: str) -> None:
    here = World()
    await here.reconcile()
    starting = {"starting_since": world.NOON - timedelta(seconds=since), "pull": pull}
    here.cluster.pods = (world.pod(phase="Pending", job=JOB, node="n", **starting),)
    assert await here.reconcile() == SETTINGS.start_check_seconds, "as for the workers of the search"
    assert (here.condition.status, here.condition.reason) == ("Unknown", reason)
    assert "the preflight pod does not run yet: node n has been" in here.condition.message


async def test_a_slow_start_of_a_repeated_check_keeps_the_findings() -> None:
    here = World()
    await here.reconcile()
    here.end(MISSING)
    await here.reconcile()
    here.pass_seconds(61)
    await here.reconcile()
    starting = world.pod(1, phase="Pending", job=f"{JOB}-2", starting_since=world.NOON)
    here.cluster.pods = (*here.cluster.pods, starting)
    await here.reconcile()
    assert (here.condition.status, here.condition.reason) == ("False", "Running")
    assert "before, of 1 check, 1 failed" in here.condition.message


async def test_a_pod_of_an_earlier_attempt_is_no_trouble_of_this_one() -> None:
    here = World()
    await here.reconcile()
    here.end(exit_code=137, terminated_reason="OOMKilled", termination_message="")
    await here.reconcile()
    here.pass_seconds(61)
    await here.reconcile()
    assert here.jobs == [JOB, f"{JOB}-2"]
    assert (here.condition.status, here.condition.reason) == ("False", "Running")
    lost = {"phase": "Running", "is_ready": False, "unreachable_since": world.NOON}
    here.cluster.pods = (*here.cluster.pods, world.pod(1, job=f"{JOB}-2", node="gpu-7", **lost))
    await here.reconcile()
    assert (here.condition.status, here.condition.reason) == ("False", "NodeSilent")


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
    gpu = {"limits": {"nvidia.com/gpu": 1}}
    template = {"replicas": 4, "template": builders.pod_template(nodeSelector={"pool": "gpu"})}
    template["template"]["spec"]["containers"][0]["resources"] = gpu
    of = sweep(workers=template)
    worker, pod = search_job(of)["spec"]["template"], pod_template(of, "preflight")
    own, theirs = ({e["name"]: e for e in t["spec"]["containers"][0].pop("env")} for t in (pod, worker))
    assert pod["spec"] == worker["spec"]
    assert own.keys() ^ theirs.keys() == {"HPOSWEEP_PREFLIGHT", "HPOSWEEP_WORK"}


@pytest.mark.parametrize("exit_code", [0, 1])
async def test_a_pod_without_results_that_another_container_holds_open_is_a_failed_attempt(exit_code: int) -> None:
    here = World()
    await here.reconcile()
    held = {"exit_code": exit_code, "termination_message": "", "is_held_open": True, "ended_at": world.NOON}
    here.cluster.pods = (world.pod(job=JOB, is_ready=False, **held),)
    delay = await here.reconcile()
    assert delay is not None
    assert delay <= SIDE_CONTAINER_SECONDS, "no event reports that the time is over"
    assert here.condition.reason != "Failed"
    here.pass_seconds(SIDE_CONTAINER_SECONDS + 1)
    await here.reconcile()
    assert (here.condition.status, here.condition.reason) == ("False", "Failed")
    sentence = (
        f"the preflight pod ended with exit code {exit_code} and left no results: it left no message. Read its log"
    )
    assert sentence in here.condition.message
    assert here.cluster.pods == () or here.cluster.jobs[0].is_suspended, "neither the pod nor its GPU is left"
    here.pass_seconds(61)
    await here.reconcile()
    assert here.created == [JOB, f"{JOB}-2"]


async def test_checks_that_are_removed_are_ended_when_the_search_starts() -> None:
    here = World()
    await here.reconcile()
    here.cluster.held = replace(here.cluster.held, spec=replace(here.cluster.held.spec, preflight=None), generation=2)
    await here.reconcile()
    assert [(job.name, job.is_suspended) for job in here.cluster.jobs] == [(JOB, True), (SEARCH, False)]


async def test_findings_that_the_status_has_no_room_for_are_counted() -> None:
    here = World()
    here.cluster.refuses_status = lambda status: "too large" if status.preflight else ""
    await here.reconcile()
    here.end(OK, MISSING, log="kubectl logs pod-0")
    await here.reconcile(4)
    status = here.cluster.held.status
    assert status is not None
    assert status.preflight_run is not None
    assert (status.preflight, status.preflight_run.omitted) == ((), {"Passed": 1, "Failed": 1})
    assert "of 2 checks, 1 failed: the findings are in the log (kubectl logs pod-0). Checked" in here.condition.message
