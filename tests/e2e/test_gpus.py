"""Workers that ask for a GPU each: as many run as there are GPUs, and the status has the scheduler's own sentence."""

from __future__ import annotations

import json

import pytest

from tests.e2e.patience import until
from tests.e2e.place import Place

GPU = "nvidia.com/gpu"

pytestmark = pytest.mark.group("heavy")  # test_demo asks for GPUs as well


def free_gpus(place: Place) -> int:
    nodes = json.loads(place.kubectl("get", "nodes", "-o", "json"))["items"]
    pods = json.loads(place.kubectl("get", "pods", "-A", "-o", "json"))["items"]
    taken = sum(
        int(container.get("resources", {}).get("limits", {}).get(GPU, 0))
        for pod in pods
        if pod["status"]["phase"] in ("Pending", "Running")
        for container in pod["spec"]["containers"]
    )
    return sum(int(node["status"]["allocatable"].get(GPU, 0)) for node in nodes) - taken


def test_one_worker_more_than_there_are_gpus_stays_pending(place: Place) -> None:
    gpus = free_gpus(place)
    if not gpus:
        pytest.skip(f"no node has a free {GPU}")
    sweep = place.sweep("gpus", seconds=4, most=100, replicas=gpus + 1)
    sweep["spec"]["workers"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {GPU: "1"}}
    place.apply(sweep)

    until(lambda: len(place.running_pods("gpus")), gpus.__eq__, seconds=90, what=f"{gpus} workers run")
    condition = place.until_condition("gpus", "WorkersReady", "False", reason="Unschedulable")
    (pending,) = (pod for pod in place.live_pods("gpus") if pod["status"]["phase"] == "Pending")
    (scheduled,) = (entry for entry in pending["status"]["conditions"] if entry["type"] == "PodScheduled")
    assert f"Insufficient {GPU}" in scheduled["message"]
    assert scheduled["message"] in condition["message"]
    until(
        lambda: place.status("gpus")["workers"],
        {"desired": gpus + 1, "running": gpus, "pending": 1}.__eq__,
        seconds=10,
        what="the status counts the workers",
    )
    assert place.conditions("gpus")["WorkersReady"]["message"].startswith(f"{gpus} of {gpus + 1} workers running")
    assert scheduled["message"] in place.status("gpus")["message"]

    place.until_trials("gpus", RUNNING=gpus)
    place.patch("gpus", stop="Drain")
    place.until_condition("gpus", "Complete", reason="StoppedByUser")
    place.until_no_pod_is_left("gpus")
    assert {trial.state for trial in place.database.trials(place.study("gpus"))} == {"COMPLETE"}


def test_a_sweep_whose_checks_have_failed_holds_no_gpu(place: Place) -> None:
    gpus = free_gpus(place)
    if not gpus:
        pytest.skip(f"no node has a free {GPU}")
    sweep = place.sweep("gated", most=2, replicas=1, preflight={"paths": [{"path": "/data/digits"}]})
    sweep["spec"]["workers"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {GPU: "1"}}
    place.apply(sweep)
    failed = place.until_condition("gated", "PreflightPassed", "False", reason="Failed")
    assert "spec.preflight.paths[0]: `/data/digits` does not exist" in failed["message"]
    until(lambda: free_gpus(place), gpus.__eq__, seconds=50, what="the GPU of the checks is free again")
    place.patch("gated", preflight={"paths": [{"path": "/tmp"}]})  # noqa: S108
    place.until_condition("gated", "Complete", reason="BudgetReached")
