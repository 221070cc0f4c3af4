"""`WorkersReady`: each way in which workers can be missing has its reason, and the cluster's own sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hposweep.model.workers import ImagePull
from tests import builders
from tests.unit import world
from tests.unit.report.reading import NOON, held, told


def test_workers_that_cannot_start_are_explained_by_the_clusters_own_sentence() -> None:
    sweep = world.sweep(workers=builders.workers(2))
    pending = world.pod(1, "Pending", reason="Unschedulable", message="0/2 nodes are available: 2 Insufficient gpu.")
    seen = world.seen(world.study(sweep), jobs=(world.job(parallelism=2),), pods=(world.pod(0), pending))
    status = told(sweep, seen)
    assert held(status)["WorkersReady"] == ("False", "Unschedulable")
    assert "1 of 2 workers running: 0/2 nodes are available" in status.message
    assert held(status)["Healthy"] == ("False", "Unschedulable")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ('pods "x" is forbidden: exceeded quota: gpus, requested: 1', "QuotaExceeded"),
        ('pods "x" is forbidden: violates PodSecurity "restricted:latest": host namespaces', "PodsRefused"),
    ],
)
def test_pods_that_the_cluster_refuses_are_explained_by_its_own_sentence(words: str, reason: str) -> None:
    sweep = world.sweep()
    status = told(sweep, world.seen(world.study(sweep), jobs=(world.job(refusal=words),)))
    assert held(status)["WorkersReady"] == ("False", reason)
    assert words in status.message


@pytest.mark.parametrize(
    ("pods", "reason"),
    [
        ((world.pod(0, "Failed", exit_code=143), world.pod(1, "Pending")), "ScalingUp"),
        ((world.pod(0, "Failed", exit_code=1), world.pod(1, "Pending")), "CrashLooping"),
        ((world.pod(0, "Failed", exit_code=137), world.pod(1, "Pending")), "CrashLooping"),
        ((world.pod(0, "Failed", exit_code=137, is_terminating=True), world.pod(1, "Pending")), "ScalingUp"),
        ((world.pod(0, "Failed", exit_code=1), world.pod(1, "Pending", reason="Unschedulable")), "Unschedulable"),
    ],
)
def test_what_keeps_workers_away_now_comes_before_what_failed_earlier(pods: tuple[Any, ...], reason: str) -> None:
    sweep = world.sweep()
    status = told(sweep, world.seen(world.study(sweep), jobs=(world.job(),), pods=pods))
    assert held(status)["WorkersReady"] == ("False", reason)


@pytest.mark.parametrize(
    ("pod", "reason", "words"),
    [
        (world.pod(0, "Pending", reason="RegistryUnavailable"), "ImagePullFailed", "RegistryUnavailable"),
        (
            world.pod(0, "Pending", reason="CreateContainerConfigError", message='secret "hf" not found'),
            "StartFailed",
            'CreateContainerConfigError: secret "hf" not found',
        ),
        (
            world.pod(0, "Pending", reason="SchedulingGated", message="by kueue"),
            "ScalingUp",
            "SchedulingGated: by kueue",
        ),
        (world.pod(0, unreachable_since=NOON, node="gpu-7"), "NodeSilent", "node gpu-7 of pod pod-0 is unreachable"),
        (
            world.pod(0, "Failed", exit_code=137, terminated_reason="OOMKilled"),
            "CrashLooping",
            "OOMKilled, exit code 137",
        ),
        (
            world.pod(0, "Failed", exit_code=1, terminated_reason="Error"),
            "CrashLooping",
            "pod pod-0 failed: exit code 1",
        ),
        (world.pod(0, "Failed", exit_code=1, is_disrupted=True), "ScalingUp", "0 of 1 worker running"),
    ],
)
def test_each_trouble_of_a_pod_has_its_reason_and_the_clusters_words(pod: Any, reason: str, words: str) -> None:
    sweep = world.sweep()
    status = told(sweep, world.seen(world.study(sweep), jobs=(world.job(),), pods=(pod,)))
    assert held(status)["WorkersReady"] == ("False", reason)
    condition = status.condition("WorkersReady")
    assert condition is not None
    assert words in condition.message
    assert held(status)["Healthy"] == (("True", "Healthy") if reason == "ScalingUp" else ("False", reason))


def test_a_slot_that_is_broken_for_good_is_named_while_the_others_go_on() -> None:
    sweep = world.sweep(workers=builders.workers(2))
    job = world.job(parallelism=2, failed_indexes="1")
    failed = world.pod(1, "Failed", exit_code=1, termination_message="no CUDA device")
    status = told(sweep, world.seen(world.study(sweep), jobs=(job,), pods=(world.pod(0), failed)))
    condition = status.condition("WorkersReady")
    assert condition is not None
    assert condition.reason == "CrashLooping"
    assert condition.message == (
        "1 of 2 workers running: worker 1 failed too often and is not restarted; pod pod-1 failed: no CUDA device"
    )


def slow(seconds: float, **fields: Any) -> Any:
    return world.pod(0, "Pending", node="gpu-7", starting_since=NOON - timedelta(seconds=seconds), **fields)


PULL = ImagePull("registry.example/trial:1", NOON - timedelta(seconds=70))
PULLING = "0 of 1 worker running: node gpu-7 has been pulling image `registry.example/trial:1` for 70 s"


def test_a_slow_image_pull_is_told_with_its_image_and_time() -> None:
    sweep = world.sweep()
    status = told(sweep, world.seen(world.study(sweep), jobs=(world.job(),), pods=(slow(72, pull=PULL),)))
    assert held(status)["WorkersReady"] == ("False", "PullingImage")
    assert status.message == PULLING
    assert held(status)["Healthy"] == ("True", "Healthy"), "it passes by itself"


def test_a_pull_beside_workers_that_run_does_not_hide_the_progress() -> None:
    sweep = world.sweep(workers=builders.workers(2))
    pods = (slow(72, pull=PULL), world.pod(1))
    status = told(sweep, world.seen(world.study(sweep, pruned=3), jobs=(world.job(parallelism=2),), pods=pods))
    assert held(status)["WorkersReady"] == ("False", "PullingImage")
    assert status.message == "3 of 10 trials"


def test_without_events_the_status_of_a_slow_pod_says_what_is_usual() -> None:
    sweep = world.sweep()
    seen = world.seen(world.study(sweep), jobs=(world.job(),), pods=(slow(70),))
    ready = told(sweep, seen).condition("WorkersReady")
    assert ready is not None
    assert (ready.reason, ready.message) == (
        "ScalingUp",
        "0 of 1 worker running: node gpu-7 has been creating the containers of pod pod-0 for 70 s; it pulls the image"
        " or mounts a volume (`kubectl describe pod pod-0`)",
    )
    quick = world.seen(world.study(sweep), jobs=(world.job(),), pods=(slow(4),))
    assert told(sweep, quick).condition("WorkersReady").message == "0 of 1 worker running"  # type: ignore[union-attr]


def test_a_volume_that_cannot_be_mounted_is_a_failed_start() -> None:
    sweep = world.sweep()
    pod = slow(40, reason="FailedMount", message='configmap "code" not found')
    status = told(sweep, world.seen(world.study(sweep), jobs=(world.job(),), pods=(pod,)))
    assert held(status)["WorkersReady"] == ("False", "StartFailed")
    assert held(status)["Healthy"] == ("False", "StartFailed")
    assert 'FailedMount: configmap "code" not found' in status.message
