"""A trial is given up only with its pod, with the class that the cluster's evidence gives, and as soon as it is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.model.gpu_seconds import PodTimes
from hposweep.model.observation import Observation
from hposweep.model.plan import DeletePod, FailTrials, LostTrial
from hposweep.model.trials import RunningTrial
from hposweep.model.workers import Pod
from hposweep.plan.planner import leave
from hposweep.plan.trials import LEDGER_RETRY_SECONDS, lost_pods, reap, requeue_after_seconds
from tests import builders
from tests.unit import world

SILENT_FOR_300 = world.NOON - timedelta(seconds=300)
SILENT_FOR_200 = world.NOON - timedelta(seconds=200)


def running(sweep: Sweep, uid: str | None, *pods: Pod, age: float = 0.0, is_over: bool = False) -> Observation:
    """One trial, number 5, of the pod with that uid."""
    trial = RunningTrial(42, 5, uid, age)
    return world.seen(world.study(sweep, running=(trial,)), jobs=(world.job(is_complete=is_over),), pods=pods)


def lost(sweep: Sweep, observation: Observation) -> list[LostTrial]:
    found = reap(sweep, observation)
    return list(found.trials) if found else []


@pytest.mark.parametrize(
    ("uid", "pods", "is_lost"),
    [
        ("pod-uid-0", (world.pod(0),), False),
        ("pod-uid-0", (world.pod(0, "Pending"),), False),
        ("pod-uid-0", (world.pod(0, is_terminating=True),), False),
        ("pod-uid-0", (world.pod(0, unreachable_since=SILENT_FOR_200),), False),
        ("pod-uid-0", (world.pod(0, unreachable_since=SILENT_FOR_300),), True),
        ("pod-uid-0", (world.pod(0, is_terminating=True, unreachable_since=SILENT_FOR_300),), True),
        ("pod-uid-0", (world.pod(0, "Failed"),), True),
        ("pod-uid-0", (world.pod(0, "Succeeded"),), True),
        ("pod-uid-0", (), True),
        ("pod-uid-0", (world.pod(1),), True),
        (None, (world.pod(0),), False),
    ],
)
def test_a_trial_is_lost_only_with_its_pod(uid: str | None, pods: tuple[Pod, ...], is_lost: bool) -> None:
    sweep = world.sweep()
    assert [trial.trial_id for trial in lost(sweep, running(sweep, uid, *pods))] == ([42] if is_lost else [])


OOM: dict[str, Any] = {"exit_code": 137, "terminated_reason": "OOMKilled"}


@pytest.mark.parametrize(
    ("pod", "failure_class", "words"),
    [
        (None, "Preempted", "its pod is gone"),
        (world.pod(0, "Failed", **OOM), "OutOfMemory", "OOMKilled"),
        (world.pod(0, "Failed", is_disrupted=True, **OOM), "OutOfMemory", "OOMKilled"),
        (
            world.pod(0, "Failed", exit_code=75, termination_message="no answer for 900 s"),
            "DatabaseLost",
            "no answer for 900 s",
        ),
        (world.pod(0, "Failed", exit_code=143), "Preempted", "`pod-0` was ended from outside"),
        (world.pod(0, "Failed", exit_code=137, terminated_reason="Error"), "Preempted", "ended from outside"),
        (
            world.pod(0, "Failed", reason="Evicted", message="The node was low on disk"),
            "Preempted",
            "Evicted: The node",
        ),
        (world.pod(0, "Failed", exit_code=1, is_disrupted=True), "Preempted", "ended from outside"),
        (world.pod(0, "Failed", exit_code=139), "Crashed", "killed by SIGSEGV"),
        (
            world.pod(0, "Failed", exit_code=1, termination_message="a bug"),
            "Crashed",
            "exit code 1 while the trial ran: a bug",
        ),
        (world.pod(0, "Failed", exit_code=255), "Crashed", "exit code 255"),
        (world.pod(0, "Succeeded", exit_code=0), "Crashed", "exit code 0"),
        (
            world.pod(0, node="gpu-7", unreachable_since=SILENT_FOR_300),
            "NodeLost",
            "node `gpu-7` of its pod `pod-0` was unreachable for 300 s",
        ),
    ],
)
def test_the_evidence_gives_the_class(pod: Pod | None, failure_class: str, words: str) -> None:
    sweep = world.sweep()
    (found,) = lost(sweep, running(sweep, "pod-uid-0", *([pod] if pod else [])))
    assert found.failure_class == failure_class
    assert words in found.error


def test_the_rule_of_retries_goes_with_them_and_a_termination_ends_it() -> None:
    ours = world.sweep(trials={"max": 10, "maxRetries": 5})
    assert reap(ours, running(ours, "gone")) == FailTrials(7, (LostTrial(42, "Preempted", _GONE),), max_retries=5)
    ended = world.sweep(stop="Terminate")
    for found in (
        world.action(leave(ended, running(ended, "gone")), FailTrials),
        reap(ended, running(ended, "gone"), is_final=True),
    ):
        assert found is not None
        assert found.is_final
    drained = world.sweep(stop="Drain")
    assert reap(drained, running(drained, "gone")) == FailTrials(7, (LostTrial(42, "Preempted", _GONE),), max_retries=2)


_GONE = "its pod is gone: deleted, or taken away with its node"


def test_an_unsigned_trial_is_lost_with_the_last_worker() -> None:
    sweep = world.sweep()
    assert lost(sweep, running(sweep, None, is_over=True)) != []
    assert lost(sweep, running(sweep, None)) == [], "a worker may be about to sign it"


@pytest.mark.parametrize(
    ("stale", "age", "is_lost"), [(None, 1e9, False), (60, 59.0, False), (60, 60.0, True), (60, 0.0, False)]
)
def test_a_stranger_in_an_adopted_study_is_believed_as_long_as_the_user_says(
    stale: int | None, age: float, is_lost: bool
) -> None:
    more = {} if stale is None else {"adoptStaleSeconds": stale}
    sweep = world.sweep(study=builders.study(adopt=True, **more))
    for observation in (running(sweep, None, world.pod(0), age=age), running(sweep, None, age=age, is_over=True)):
        found = lost(sweep, observation)
        assert [(trial.trial_id, trial.failure_class) for trial in found] == ([(42, "Preempted")] if is_lost else [])


def test_a_trial_of_another_sweeps_study_is_never_touched() -> None:
    sweep = world.sweep()
    study = world.study(world.sweep("other"), running=(RunningTrial(42, 5, "gone"),))
    foreign = type(study)(7, "s", owner="another", running=study.running)
    assert reap(sweep, world.seen(foreign)) is None


def test_a_pod_on_a_silent_node_is_deleted_so_that_its_slot_can_go_on() -> None:
    sweep = world.sweep()
    pods = (
        world.pod(0, node="gpu-7", unreachable_since=SILENT_FOR_300),
        world.pod(1, unreachable_since=SILENT_FOR_200),
        world.pod(2, "Failed", unreachable_since=SILENT_FOR_300),
        world.pod(3),
    )
    observation = running(sweep, "pod-uid-3", *pods)
    assert lost_pods(sweep, observation) == (DeletePod("pod-0", "gpu-7"),)
    assert leave(sweep, observation).of_kind(DeletePod) == (DeletePod("pod-0", "gpu-7"),)
    patient = world.sweep(workers=builders.workers() | {"nodeLostSeconds": 301})
    assert lost_pods(patient, observation) == ()


def test_it_is_looked_at_again_when_the_next_silence_is_long_enough() -> None:
    sweep = world.sweep()
    silent = running(sweep, "pod-uid-0", world.pod(0, unreachable_since=SILENT_FOR_200), world.pod(1))
    assert requeue_after_seconds(sweep, silent) == 100
    assert requeue_after_seconds(sweep, running(sweep, "pod-uid-1", world.pod(1))) is None
    assert (
        requeue_after_seconds(sweep, running(sweep, "pod-uid-0", world.pod(0, unreachable_since=SILENT_FOR_300)))
        is None
    )
    adopting = world.sweep(study=builders.study(adopt=True, adoptStaleSeconds=60))
    assert requeue_after_seconds(adopting, running(adopting, None, age=45.0)) == 15
    assert requeue_after_seconds(adopting, running(adopting, None, age=65.0)) is None


def test_a_pod_that_has_ended_is_looked_at_again_until_it_is_counted() -> None:
    sweep = world.sweep()
    times = PodTimes(world.NOON, world.NOON, world.NOON)
    open_pod, ended = (
        world.pod(0, ledger=times),
        world.pod(0, "Failed", ledger=replace(times, ended=world.NOON)),
    )
    assert requeue_after_seconds(sweep, running(sweep, "pod-uid-0", open_pod)) is None
    assert requeue_after_seconds(sweep, running(sweep, "pod-uid-0", ended)) == LEDGER_RETRY_SECONDS
