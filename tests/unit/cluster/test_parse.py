"""What the API server's objects mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hposweep.cluster import parse


def pod(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "p", "uid": "u"}, "status": status}


def container(**state: Any) -> list[dict[str, Any]]:
    return [{"name": "sidecar", "ready": True}, {"name": "trial", "ready": "running" in state, "state": state}]


def test_a_running_pod() -> None:
    found = parse.pod(pod(phase="Running", containerStatuses=container(running={})))
    assert found.is_running
    assert not found.is_gone


def test_a_pod_that_is_being_deleted_does_not_count_as_running_and_is_not_gone() -> None:
    item = pod(phase="Running", containerStatuses=container(running={}))
    item["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    found = parse.pod(item)
    assert not found.is_running
    assert not found.is_gone


def test_a_pod_knows_the_job_that_made_it() -> None:
    item = pod()
    item["metadata"]["labels"] = {"batch.kubernetes.io/job-name": "digits-search"}
    assert (parse.pod(item).job, parse.pod(pod()).job) == ("digits-search", "")
    assert parse.pod(item).job_phase == "search"
    item["metadata"]["labels"]["hposweep.dev/phase"] = "preflight"
    assert parse.pod(item).job_phase == "preflight"


@pytest.mark.parametrize(
    ("labels", "phase"),
    [
        ({"hposweep.dev/phase": "search"}, "search"),
        ({"hposweep.dev/phase": "preflight"}, "preflight"),
        ({"hposweep.dev/sweep": "digits"}, "search"),
        (None, "search"),
    ],
)
def test_a_job_without_a_phase_is_one_of_the_search(labels: dict[str, str] | None, phase: str) -> None:
    metadata = {"name": "j", "uid": "u", **({} if labels is None else {"labels": labels})}
    assert parse.job({"metadata": metadata, "spec": {}}).phase == phase


def test_a_job_of_checks_says_what_it_was_created_for() -> None:
    metadata = {"name": "j", "uid": "u", "annotations": {"hposweep.dev/input": "0f3a"}}
    assert parse.job({"metadata": metadata, "spec": {}}).input == "0f3a"


def test_a_pod_knows_how_often_its_slot_was_disrupted() -> None:
    item = pod()
    item["metadata"]["annotations"] = {
        "batch.kubernetes.io/job-index-failure-count": "2",
        "batch.kubernetes.io/job-index-ignored-failure-count": "3",
    }
    assert (parse.pod(item).failures, parse.pod(item).disruptions) == (2, 3)
    assert (parse.pod(pod()).failures, parse.pod(pod()).disruptions) == (0, 0)


@pytest.mark.parametrize("reason", ["ErrImagePull", "CreateContainerConfigError"])
def test_the_kubelets_reason(reason: str) -> None:
    found = parse.pod(pod(phase="Pending", containerStatuses=container(waiting={"reason": reason, "message": "m"})))
    assert (found.reason, found.message) == (reason, "m")


def test_an_ordinary_start_is_no_trouble() -> None:
    found = parse.pod(pod(phase="Pending", containerStatuses=container(waiting={"reason": "ContainerCreating"})))
    assert found.reason == ""


def test_the_schedulers_reason() -> None:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no node"}
    found = parse.pod(pod(phase="Pending", conditions=[condition]))
    assert (found.reason, found.message) == ("Unschedulable", "no node")


def test_the_workers_last_words() -> None:
    terminated = {"exitCode": 64, "message": "objective not found\n"}
    found = parse.pod(pod(phase="Failed", containerStatuses=container(terminated=terminated)))
    assert (found.is_gone, found.exit_code, found.termination_message) == (True, 64, "objective not found")


def test_what_the_kubelet_knows_of_an_end_and_of_an_image() -> None:
    entry = {"name": "trial", "imageID": "reg.example/trial@sha256:abc", "state": {"terminated": {"exitCode": 137}}}
    entry["state"]["terminated"]["reason"] = "OOMKilled"
    item = pod(phase="Failed", containerStatuses=[entry]) | {"spec": {"nodeName": "gpu-7"}}
    found = parse.pod(item)
    assert (found.terminated_reason, found.node, found.image) == ("OOMKilled", "gpu-7", "sha256:abc")
    bare = parse.pod(pod(phase="Running", containerStatuses=[entry | {"imageID": "sha256:def"}]))
    assert bare.image == "sha256:def"


SILENT_SINCE = "2026-01-01T11:55:00Z"
CONTAINERS_READY = {"type": "ContainersReady", "status": "True"}
NOT_READY = {"type": "Ready", "status": "False", "lastTransitionTime": SILENT_SINCE}
TAINTED = {"type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager"}


@pytest.mark.parametrize(
    ("conditions", "is_lost"),
    [
        ([NOT_READY, CONTAINERS_READY], True),
        ([{**NOT_READY, "status": "True"}, CONTAINERS_READY], False),
        ([{**NOT_READY, "reason": "ContainersNotReady"}, {**CONTAINERS_READY, "status": "False"}], False),
        ([{**NOT_READY, "reason": "ReadinessGatesNotReady"}, CONTAINERS_READY], False),
        ([], False),
    ],
)
def test_the_control_plane_marks_the_pods_of_a_silent_node(conditions: list[dict[str, Any]], is_lost: bool) -> None:
    found = parse.pod(pod(phase="Running", conditions=conditions, containerStatuses=container(running={})))
    assert found.unreachable_since == (datetime(2026, 1, 1, 11, 55, tzinfo=UTC) if is_lost else None)
    assert found.is_lost(datetime(2026, 1, 1, 12, tzinfo=UTC), 300) is is_lost
    assert not found.is_lost(datetime(2026, 1, 1, 11, 59, 59, tzinfo=UTC), 300)


def test_a_pod_that_was_asked_to_go_because_of_its_node_and_does_not_is_on_a_silent_one() -> None:
    item = pod(phase="Pending", conditions=[TAINTED])
    assert parse.pod(item).unreachable_since is None
    item["metadata"]["deletionTimestamp"] = SILENT_SINCE
    assert parse.pod(item).unreachable_since == datetime(2026, 1, 1, 11, 55, tzinfo=UTC)
    item["status"]["conditions"] = [{**TAINTED, "reason": "EvictionByEvictionAPI"}]
    found = parse.pod(item)
    assert (found.unreachable_since, found.is_disrupted) == (None, True), "its node may only be slow"


def test_slots_that_ended_well_and_slots_that_are_broken() -> None:
    status = {"completedIndexes": "0,2-4", "failedIndexes": "1,5"}
    found = parse.job({"metadata": {"name": "j", "uid": "u"}, "spec": {}, "status": status})
    assert (found.completed_indexes, found.failed_indexes) == (4, "1,5")


@pytest.mark.parametrize(
    ("kind", "complete", "failed"), [("Complete", True, False), ("Failed", False, True), ("Suspended", False, False)]
)
def test_how_a_job_ended(kind: str, complete: bool, failed: bool) -> None:
    status = {"conditions": [{"type": kind, "status": "True", "message": "m"}, {"type": "Failed", "status": "False"}]}
    found = parse.job(
        {"metadata": {"name": "j", "uid": "u"}, "spec": {"parallelism": 3, "suspend": True}, "status": status}
    )
    assert (found.is_complete, found.is_failed, found.parallelism, found.is_suspended) == (complete, failed, 3, True)


def test_the_newest_event_is_told_unless_a_pod_was_made_since() -> None:
    old, new = ({"lastTimestamp": f"2026-01-01T00:00:0{second}Z", "message": f"at {second}"} for second in (1, 2))
    assert parse.refusal([new, old], since="") == "at 2"
    assert parse.refusal([new, old], since="2026-01-01T00:00:02Z") == "at 2"
    assert parse.refusal([new, old], since="2026-01-01T00:00:03Z") == "", "the quota has room again"
    assert parse.refusal([{"lastTimestamp": None, "eventTime": "2026", "message": "m"}], since="") == "m"
    assert parse.refusal([], since="") == ""
    made = [{"metadata": {"creationTimestamp": f"2026-01-01T00:00:0{second}Z"}} for second in (3, 1)]
    assert parse.newest_creation(made) == "2026-01-01T00:00:03Z"
    assert parse.newest_creation([]) == ""


def test_what_a_container_beside_the_trial_waits_for_is_told_as_well() -> None:
    waiting = {"state": {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}}
    starting = container(waiting={"reason": "PodInitializing"})
    for status in (
        {"containerStatuses": starting, "initContainerStatuses": [{"name": "data", **waiting}]},
        {"containerStatuses": [{"name": "sidecar", **waiting}, *starting[1:]]},
    ):
        found = parse.pod(pod(phase="Pending", **status))
        assert (found.reason, found.message) == ("ErrImagePull", "no such image")


def test_how_a_person_sees_its_log() -> None:
    item = pod(phase="Running")
    item["metadata"]["namespace"] = "vision"
    assert parse.pod(item).log == "kubectl logs -n vision p -c trial"


def test_only_a_controller_owns() -> None:
    item = {"metadata": {"ownerReferences": [{"uid": "a"}, {"uid": "b", "controller": True}]}}
    assert not parse.is_controlled_by(item, "a")
    assert parse.is_controlled_by(item, "b")
    assert not parse.is_controlled_by({"metadata": {}}, "b")


def held(exit_code: int = 0, **more: Any) -> dict[str, Any]:
    ended = {"exitCode": exit_code, "finishedAt": "2026-01-01T00:00:05Z", "reason": "Completed"}
    trial = {"name": "trial", "ready": False, "state": {"terminated": ended}}
    return pod(
        phase="Running", containerStatuses=[{"name": "proxy", "ready": True, "state": {"running": {}}}, trial], **more
    )


def test_a_pod_whose_trial_has_ended_is_gone_although_another_container_runs() -> None:
    found = parse.pod(held())
    assert found.is_held_open
    assert found.is_gone
    assert found.has_ended_well
    assert not found.is_running
    assert found.ended_at == datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC)
    assert not parse.pod(held(exit_code=75)).has_ended_well


def test_a_pod_of_one_container_is_gone_once_the_kubelet_says_so() -> None:
    found = parse.pod(pod(phase="Running", containerStatuses=container(terminated={"exitCode": 0})))
    assert not found.is_held_open
    assert not found.is_gone
    assert not parse.pod(pod(phase="Running", containerStatuses=container(running={}))).is_held_open


def test_the_pod_of_an_analysis_is_told_by_its_own_container() -> None:
    ended = {"name": "analysis", "state": {"terminated": {"exitCode": 1, "message": "no such study\n"}}}
    item = pod(phase="Failed", containerStatuses=[*container(running={}), ended])
    item["metadata"]["labels"] = {"hposweep.dev/phase": "analysis"}
    found = parse.pod(item)
    assert (found.exit_code, found.termination_message) == (1, "no such study")
    assert found.log.endswith("-c analysis")
