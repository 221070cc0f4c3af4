"""A Job of another phase changes nothing that the operator judges, plans or reports of the search.

Only the end of a sweep concerns every phase: it suspends each Job, and a deletion waits for each pod.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.api.names import SEARCH_PHASE
from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.observation import Fault, Observation
from hposweep.model.plan import Action, CreateJob, DeletePod, DisownStudy, FailTrials, ResizeJob
from hposweep.model.trials import Breaker, RunningTrial, Study
from hposweep.model.workers import Job, Pod
from hposweep.plan.planner import leave, plan, release
from hposweep.plan.trials import requeue_after_seconds
from hposweep.report.status import report
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made, passes

PREFLIGHT = "digits-preflight"
SWEEP = world.sweep()
BROKEN = replace(world.study(SWEEP, failed=5), breaker=Breaker("ImportError", "no module `torch`", 4))
FATAL = (Fault("InvalidTemplate", "no such field"),)
CONTRAST = world.sweep(contrast={"parameters": ["x"]})


def preflight(job: dict[str, Any], pod: dict[str, Any]) -> tuple[Job, Pod]:
    return world.job(PREFLIGHT, phase="preflight", **job), world.pod(99, job=PREFLIGHT, **pod)


PREFLIGHTS = pytest.mark.parametrize(
    "extra",
    [
        pytest.param(preflight({}, {}), id="runs"),
        pytest.param(preflight({"parallelism": 3}, {"phase": "Pending", "reason": "Unschedulable"}), id="has no room"),
        pytest.param(preflight({"is_complete": True}, {"phase": "Succeeded", "exit_code": 0}), id="succeeded"),
        pytest.param(
            preflight(
                {"is_failed": True, "message": "deadline"},
                {"phase": "Failed", "exit_code": 1, "disruptions": 9, "termination_message": "no GPU"},
            ),
            id="failed",
        ),
        pytest.param(
            preflight({}, {"unreachable_since": world.NOON.replace(year=2025), "node": "n"}), id="unreachable"
        ),
    ],
)


@PREFLIGHTS
@pytest.mark.parametrize(
    ("sweep", "study", "jobs", "pods", "refusals"),
    [
        pytest.param(SWEEP, None, (), (), (), id="before the study"),
        pytest.param(SWEEP, world.study(SWEEP), (), (), (), id="before the search"),
        pytest.param(SWEEP, world.study(SWEEP), (), (), FATAL, id="refused"),
        pytest.param(world.sweep(stop="Drain"), None, (), (), (), id="stopped before the search"),
        pytest.param(SWEEP, world.study(SWEEP), (world.job(),), (world.pod(),), (), id="searching"),
        pytest.param(SWEEP, world.study(SWEEP), (world.job(parallelism=2),), (world.pod(),), (), id="a pod is missing"),
        pytest.param(SWEEP, BROKEN, (world.job(is_complete=True),), (), (), id="breaker open"),
        pytest.param(world.sweep(suspend=True), BROKEN, (world.job(is_suspended=True),), (), (), id="suspended"),
        pytest.param(SWEEP, world.study(SWEEP, complete=9), (world.job(is_complete=True),), (), (), id="continued"),
        pytest.param(SWEEP, world.study(SWEEP, complete=10), (world.job(is_complete=True),), (), (), id="budget spent"),
        pytest.param(SWEEP, world.study(SWEEP, complete=3), (world.job(is_failed=True),), (), (), id="workers failed"),
        pytest.param(CONTRAST, world.study(CONTRAST), (), (), FATAL, id="refused, with contrast"),
    ],
)
def test_no_verdict_plan_or_report_changes(
    sweep: Sweep,
    study: Study | None,
    jobs: tuple[Job, ...],
    pods: tuple[Pod, ...],
    refusals: tuple[Fault, ...],
    extra: tuple[Job, Pod],
) -> None:
    alone = world.seen(study, jobs=jobs, pods=pods, refusals=refusals)
    beside = world.seen(study, jobs=(extra[0], *jobs), pods=(extra[1], *pods), refusals=refusals)
    assert outcome(sweep, beside, extra) == outcome(sweep, alone, extra)


def outcome(sweep: Sweep, observation: Observation, extra: tuple[Job, Pod]) -> tuple[Any, ...]:
    verdicts = judge(sweep, observation)
    actions = plan(sweep, observation, verdicts).actions
    return (
        verdicts,
        [action for action in actions if not _is_about(extra, action)],
        requeue_after_seconds(sweep, observation),
        report(sweep, observation, verdicts, world.NOON),
    )


def _is_about(extra: tuple[Job, Pod], action: Action) -> bool:
    """Return whether the action ends the other phase's Job, or its pod on a node that is unreachable."""
    if isinstance(action, ResizeJob):
        return action.job == extra[0].name and action.is_suspended
    return isinstance(action, DeletePod) and action.pod == extra[1].name


def test_the_end_suspends_the_jobs_of_every_phase_that_could_start_pods() -> None:
    job, pod = preflight({}, {})
    ended = preflight({"is_complete": True}, {"phase": "Succeeded"})[0]
    jobs = (job, world.job(parallelism=2), replace(ended, name="digits-preflight-2"))
    result = leave(SWEEP, world.seen(world.study(SWEEP), jobs=jobs, pods=(pod,)))
    assert {(action.job, action.size) for action in result.of_kind(ResizeJob)} == {(PREFLIGHT, 1), ("digits-search", 2)}
    assert all(action.is_suspended for action in result.of_kind(ResizeJob))


def test_a_deletion_waits_for_the_pods_of_every_phase() -> None:
    job, pod = preflight({"is_suspended": True}, {})
    study = world.study(SWEEP)
    assert not release(SWEEP, world.seen(study, jobs=(job,), pods=(pod,))).of_kind(DisownStudy)
    assert release(SWEEP, world.seen(study, jobs=(job,))).of_kind(DisownStudy)


def test_a_pod_that_outlives_its_job_stays_in_its_phase() -> None:
    observation = world.seen(world.study(SWEEP), pods=(world.pod(1, "Failed", job=PREFLIGHT, job_phase="preflight"),))
    assert [pod.name for pod in observation.preflight.pods] == ["pod-1"]
    assert not observation.search.pods


def test_the_search_starts_after_a_job_of_another_phase_has_ended() -> None:
    job, pod = preflight({"is_complete": True}, {"phase": "Succeeded"})
    observation = world.seen(world.study(SWEEP), jobs=(job,), pods=(pod,))
    assert not observation.search.has_started
    created = world.only(plan(SWEEP, observation, judge(SWEEP, observation)), CreateJob)
    assert created.manifest["metadata"]["name"] == "digits-search"
    assert created.manifest["metadata"]["labels"]["hposweep.dev/phase"] == SEARCH_PHASE


def test_a_trial_that_a_pod_of_another_phase_runs_is_not_lost() -> None:
    job, pod = preflight({}, {})
    study = world.study(SWEEP, running=(RunningTrial(1, 0, pod.uid),))
    observation = world.seen(study, jobs=(job, world.job()), pods=(pod, world.pod()))
    assert not plan(SWEEP, observation, judge(SWEEP, observation)).of_kind(FailTrials)


async def test_a_spec_is_tried_on_the_cluster_until_the_search_has_started() -> None:
    job, pod = preflight({}, {})
    cluster = MemoryCluster(SWEEP, jobs=(job,), pods=(pod,), refusal="unknown field imag")
    await passes(made(cluster, MemoryStudies()), 1)
    assert cluster.held.status is not None
    assert cluster.held.status.state == "Failed"
