"""The times of a pod that the ledger of GPU time keeps, as the API server shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hposweep.cluster.pod_times import is_kept_for, pod_times
from hposweep.model.gpu_seconds import PodTimes

KEPT = ["batch.kubernetes.io/job-tracking", "hposweep.dev/ledger"]


def at(second: int) -> str:
    return f"2026-01-01T00:00:{second:02d}Z"


def moment(second: int) -> datetime:
    return datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)


def pod(*containers: dict[str, Any], deleted: int | None = None, **status: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": "p", "uid": "u", "creationTimestamp": at(1), "finalizers": KEPT}
    if deleted is not None:
        metadata["deletionTimestamp"] = at(deleted)
    scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": at(2)}
    body = {"conditions": [scheduled], "containerStatuses": list(containers), **status}
    return {"metadata": metadata, "spec": {"nodeName": "node-a"}, "status": body}


def container(name: str = "trial", **state: Any) -> dict[str, Any]:
    return {"name": name, "state": state}


def terminated(start: int, end: int) -> dict[str, Any]:
    return {"startedAt": at(start), "finishedAt": at(end)}


def test_a_pod_without_the_finalizer_is_counted_already() -> None:
    item = pod(phase="Succeeded")
    item["metadata"]["finalizers"] = KEPT[:1]
    assert pod_times(item) is None
    del item["metadata"]["finalizers"]
    assert pod_times(item) is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (pod(phase="Pending", conditions=[]), PodTimes(moment(1))),
        (pod(container(waiting={}), phase="Pending"), PodTimes(moment(1), moment(2))),
        (pod(container(running={"startedAt": at(5)}), phase="Running"), PodTimes(moment(1), moment(2), moment(5))),
        (
            pod(container(terminated=terminated(5, 9)), container("proxy", running={}), phase="Running"),
            PodTimes(moment(1), moment(2), moment(5)),
        ),
        (
            pod(
                container(terminated=terminated(5, 9)), container("proxy", terminated=terminated(4, 12)), phase="Failed"
            ),
            PodTimes(moment(1), moment(2), moment(5), moment(12)),
        ),
    ],
)
def test_moments_of_a_pod(item: dict[str, Any], expected: PodTimes) -> None:
    assert pod_times(item) == expected


def test_a_pod_that_was_deleted_before_it_had_a_node_has_ended() -> None:
    item = pod(phase="Pending", conditions=[], deleted=7)
    del item["spec"]["nodeName"]
    assert pod_times(item) == PodTimes(moment(1), ended=moment(7))


def test_a_pod_whose_node_is_lost_ends_when_it_is_deleted_or_disrupted() -> None:
    silent = container(running={"startedAt": at(5)})
    assert pod_times(pod(silent, phase="Failed", deleted=40)) == PodTimes(moment(1), moment(2), moment(5), moment(40))
    disrupted = {"type": "DisruptionTarget", "status": "True", "lastTransitionTime": at(30)}
    scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": at(2)}
    times = pod_times(pod(silent, phase="Failed", conditions=[scheduled, disrupted]))
    assert times is not None
    assert times.ended == moment(30)


def test_a_pod_that_failed_without_any_time_ends_when_it_was_created() -> None:
    times = pod_times(pod(phase="Failed", conditions=[]))
    assert times is not None
    assert times.ended == moment(1)


def test_a_kept_pod_belongs_to_the_sweep_of_its_annotation() -> None:
    item = pod()
    assert not is_kept_for(item, "uid-of-the-sweep")
    item["metadata"]["annotations"] = {"hposweep.dev/sweep-uid": "uid-of-the-sweep"}
    assert is_kept_for(item, "uid-of-the-sweep")
    assert not is_kept_for(item, "uid-of-another")
    item["metadata"]["finalizers"] = []
    assert not is_kept_for(item, "uid-of-the-sweep")
