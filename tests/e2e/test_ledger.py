"""GPU seconds of a sweep, against the pods' own timestamps and the rows of the database, beside the operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.figures import Figures
from tests.e2e.installation import DEPLOYMENT, NAMESPACE, Installation
from tests.e2e.patience import until
from tests.e2e.place import Place
from tests.e2e.pod_witness import PodWitness, held_seconds
from tests.e2e.release import Release
from tests.e2e.trials import Trial

pytestmark = pytest.mark.alone  # it needs GPUs, and stops the operator

TRIALS, SECONDS, WORKERS = 40, 2.0, 3
YOUNG_SECONDS = (0.8, 1.4)  # the age of a trial that cannot end within the grace period of its worker
END_SECONDS = 150
GPU_SECONDS = 60  # three pods start within it even on a busy machine, and finish trials
GPU = {"limits": {"nvidia.com/gpu": "1"}}
LEDGER = "hposweep.dev/ledger"
PARTS = ("training", "pull", "start", "idle")


def gpu_sweep(place: Place, name: str, *, grace_seconds: int = 1, **options: Any) -> dict[str, Any]:
    sweep = place.sweep(name, replicas=WORKERS, **options)
    pod = sweep["spec"]["workers"]["template"]["spec"]
    pod["containers"][0]["resources"] = GPU
    pod["terminationGracePeriodSeconds"] = grace_seconds
    sweep["spec"]["cost"] = {"pricePerGpuHour": 3600.0, "currency": "EUR"}
    return sweep


def evict(place: Place, name: str) -> str:
    """Evict a worker in the middle of a trial, as a drain or the kubelet's pressure does; return its uid."""
    trial = until(lambda: young_trials(place, name), seconds=60, what="a trial has begun", pause_seconds=0.1)[0]
    pod = trial.attributes["hposweep:pod"]
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod}}
    place.server.send("POST", f"/api/v1/namespaces/{place.name}/pods/{pod}/eviction", body)
    return str(trial.attributes["hposweep:uid"])


def young_trials(place: Place, name: str) -> list[Trial]:
    now, (low, high) = datetime.now(UTC), YOUNG_SECONDS
    running = ((trial, trial.started) for trial in place.database.running(place.study(name)))
    return [trial for trial, start in running if start is not None and low <= (now - start).total_seconds() <= high]


@contextmanager
def no_operator(installation: Installation) -> Iterator[None]:
    Release(installation).stop_the_operator()
    try:
        yield
    finally:
        installation.kubectl("scale", f"deployment/{DEPLOYMENT}", "-n", NAMESPACE, "--replicas=1")
        installation.wait_until_ready()


def durations(trials: list[Trial], *states: str) -> float:
    """Return the seconds of the trials in these states, by the database."""
    times = ((trial.started, trial.completed) for trial in trials if trial.state in states)
    return sum((end - begin).total_seconds() for begin, end in times if begin is not None and end is not None)


def check(place: Place, name: str, witness: PodWitness, figures: Figures) -> None:
    """Compare the status with the pods as they were, and with the trials."""
    until(
        lambda: [pod for pod in place.pods(name) if LEDGER in pod["metadata"].get("finalizers", [])],
        lambda kept: not kept,
        seconds=30,
        what="every pod is released",
    )
    seconds = until(
        lambda: place.status(name)["gpuSeconds"],
        lambda shown: not shown.get("openPods") and not shown["ended"].get("releasing"),
        seconds=30,
        what="every pod is counted",
    )
    pods, trials = witness.pods(), place.database.trials(place.study(name))
    tolerance = float(len(pods))
    held = sum(map(held_seconds, pods))
    assert seconds["ended"]["pods"] == len(pods)
    assert seconds["allocated"] == pytest.approx(held, abs=tolerance)
    assert sum(seconds[part] for part in PARTS) + sum(seconds["wasted"].values()) == seconds["allocated"]
    assert seconds["training"] == pytest.approx(durations(trials, "COMPLETE"), abs=tolerance)
    assert seconds["wasted"]["pruned"] == pytest.approx(durations(trials, "PRUNED"), abs=tolerance)
    failed = [trial for trial in trials if trial.attributes.get("hposweep:class") == "ObjectiveError"]
    assert seconds["wasted"]["failed"] == pytest.approx(durations(failed, "FAIL"), abs=tolerance)
    preempted = [trial for trial in trials if trial.attributes.get("hposweep:class") == "Preempted"]
    assert preempted, "no evicted worker had to give up its trial"
    assert seconds["wasted"].get("preempted", 0) == pytest.approx(durations(preempted, "FAIL"), abs=tolerance)
    assert {trial.attributes["hposweep:gpus"] for trial in trials} == {1}
    assert place.status(name)["cost"] == {"amount": float(seconds["allocated"]), "currency": "EUR"}
    uses = {part: seconds[part] for part in PARTS} | seconds["wasted"]
    figures.tell(
        f"GPU seconds of {name}: {seconds['allocated']} counted, {held:g} by the timestamps of {len(pods)} pods; {uses}"
    )


@pytest.mark.parametrize("is_operator_away", [False, True], ids=["operator-runs", "operator-away"])
def test_the_seconds_add_up_to_the_time_of_the_pods(
    new_place: Callable[[], Any], installation: Installation, tmp_path: Path, figures: Figures, is_operator_away: bool
) -> None:
    with new_place() as place, PodWitness(place.name, "ledger", tmp_path / "pods.json") as witness:
        place.apply(gpu_sweep(place, "ledger", python="train:mixed", seconds=SECONDS, most=TRIALS))
        place.until_trials("ledger", COMPLETE=4)
        gone = {evict(place, "ledger")}
        place.until_trials("ledger", COMPLETE=8)
        if is_operator_away:
            with no_operator(installation):
                gone.add(evict(place, "ledger"))
                until(
                    lambda: {pod["metadata"]["uid"] for pod in place.live_pods("ledger")},
                    lambda live: not live & gone,
                    seconds=60,
                    what="the evicted pods have ended",
                )
                kept = [pod for pod in place.pods("ledger") if LEDGER in pod["metadata"].get("finalizers", [])]
                assert gone & {pod["metadata"]["uid"] for pod in kept}, "the pod waits for the operator"
        place.until_condition("ledger", "Complete", reason="BudgetReached", seconds=END_SECONDS)
        place.until_no_pod_is_left("ledger")
        check(place, "ledger", witness, figures)
        place.delete("ledger")
        until(lambda: place.pods("ledger"), lambda pods: not pods, seconds=60, what="its pods are gone")


def test_a_spent_budget_drains_the_search_and_a_deleted_sweep_keeps_no_pod(place: Place) -> None:
    sweep = gpu_sweep(place, "limited", seconds=1.0, most=1000, budget={"gpuSeconds": GPU_SECONDS}, grace_seconds=30)
    place.apply(sweep, gpu_sweep(place, "deleted", seconds=30.0, most=1000))
    place.until_condition("limited", "Complete", reason="GpuBudgetReached")
    seconds = place.status("limited")["gpuSeconds"]
    assert seconds["allocated"] >= GPU_SECONDS
    assert "budget of GPU seconds reached" in place.status("limited")["message"]
    assert {trial.state for trial in place.database.trials(place.study("limited"))} == {"COMPLETE"}, "it was drained"
    until(lambda: place.live_pods("deleted"), seconds=60, what="the other sweep has a pod")
    place("delete", "job", "deleted-search", "--wait=false")
    place.delete("deleted")
    until(lambda: place.pods("deleted"), lambda pods: not pods, seconds=60, what="its pods are gone")


def test_a_pod_whose_sweep_is_gone_is_released(place: Place) -> None:
    """As when the deletion of a sweep went on without its operator."""
    pods = f"/api/v1/namespaces/{place.name}/pods"
    metadata = {
        "name": "orphan",
        "labels": {"hposweep.dev/sweep": "absent"},
        "annotations": {"hposweep.dev/sweep-uid": "00000000-0000-0000-0000-000000000000"},
        "finalizers": [LEDGER],
    }
    rights = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container = {"name": "trial", "image": place.image, "command": ["sleep", "600"], "securityContext": rights}
    user = {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {"containers": [container], "securityContext": user, "terminationGracePeriodSeconds": 0}
    place.server.send("POST", pods, {"metadata": metadata, "spec": spec})
    place("delete", "pod", "orphan", "--wait=false")
    until(
        lambda: [item["metadata"]["name"] for item in place.server.send("GET", pods)["items"]],
        lambda names: "orphan" not in names,
        seconds=60,
        what="the operator releases the pod",
    )
