"""Pods with GPUs are kept for the ledger, and released once the stored status counts them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hposweep.judge.judge import judge
from hposweep.model.gpu_seconds import PodTimes
from hposweep.model.plan import CreateJob, Plan, ReleasePods
from hposweep.model.trials import Study
from hposweep.plan.planner import plan, release
from tests import builders
from tests.unit import world

GPU = {"name": "trial", "image": "i", "resources": {"limits": {"nvidia.com/gpu": 1}}}
KEPT = PodTimes(world.NOON, world.NOON)


def created_template(**spec: Any) -> dict[str, Any]:
    of = world.sweep(**spec)
    observation = world.seen(Study(id=7, name=of.study_name, owner=of.uid))
    result: Plan = plan(of, observation, judge(of, observation))
    template: dict[str, Any] = world.only(result, CreateJob).manifest["spec"]["template"]
    return template


def test_a_pod_with_gpus_is_kept_and_one_without_is_not() -> None:
    template = builders.workers(containers=[GPU])
    template["template"]["metadata"] = {"annotations": {"team": "vision"}, "finalizers": ["example.org/own"]}
    metadata = created_template(workers=template)["metadata"]
    assert metadata["finalizers"] == ["example.org/own", "hposweep.dev/ledger"]
    assert metadata["annotations"] == {"team": "vision", "hposweep.dev/sweep-uid": world.UID}
    assert not {"finalizers", "annotations"} & set(created_template()["metadata"])


def test_the_pod_of_a_preflight_with_gpus_is_kept_as_well() -> None:
    metadata = created_template(workers=builders.workers(containers=[GPU]), preflight={})["metadata"]
    assert metadata["labels"]["hposweep.dev/phase"] == "preflight"
    assert metadata["finalizers"] == ["hposweep.dev/ledger"]


def test_a_worker_is_told_its_gpus_and_without_one_it_is_told_nothing() -> None:
    half = {"limits": {"nvidia.com/mig-3g.40gb": 1, "nvidia.com/gpu": 1}}
    for resources, expected in ((half, "1.428571429"), ({}, None)):
        workers = builders.workers(containers=[GPU | {"resources": resources}, {"name": "other", "image": "i"}])
        trial, other = created_template(workers=workers)["spec"]["containers"]
        assert {entry["name"]: entry.get("value") for entry in trial["env"]}.get("HPOSWEEP_GPUS") == expected
        assert "env" not in other


def test_a_pod_is_released_once_the_stored_status_counts_it() -> None:
    of = world.sweep(workers=builders.workers(containers=[GPU]))
    pods = (world.pod(0, "Succeeded", ledger=KEPT), world.pod(1, ledger=KEPT), world.pod(2, "Succeeded"))
    observation = world.seen(world.study(of), jobs=(world.job(),), pods=pods)
    assert not plan(of, observation, judge(of, observation)).of_kind(ReleasePods)
    part = {"allocated": 1, "training": 1, "idle": 0, "pull": 0, "start": 0, "wasted": {}, "queue": 0, "gpus": 1.0}
    ended = {"pods": 2, "seconds": {"training": 1.0}, "releasing": ["pod-uid-0", "pod-uid-2"]}
    status = {
        "observedGeneration": 1, "state": "Running", "message": "", "study": {"name": "s"}, "trials": {"max": 10},
        "progress": "", "workers": {"desired": 1}, "replicas": 1, "selector": "",
        "gpuSeconds": {**part, "time": "2026-01-01T00:00:00Z", "ended": ended},
    }  # fmt: skip
    counted = replace(world.sweep(workers=builders.workers(containers=[GPU]), status=status), uid=of.uid)
    result = plan(counted, observation, judge(counted, observation))
    assert world.only(result, ReleasePods).pods == ("pod-0",)


def test_a_deleted_sweep_releases_all_pods_first() -> None:
    of = replace(world.sweep(), is_deleting=True)
    pods = (world.pod(0, "Succeeded", ledger=KEPT), world.pod(1, ledger=KEPT), world.pod(2))
    result = release(of, world.seen(world.study(of), jobs=(world.job(),), pods=pods))
    assert result.actions[0] == ReleasePods(("pod-0", "pod-1"))
