"""What the API server's Jobs and Pods mean, in the words of `model.workers`. Pure; called by `kubernetes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hposweep.api.names import TRIAL_CONTAINER
from hposweep.model.workers import Job, Pod


def is_controlled_by(item: Mapping[str, Any], uid: str) -> bool:
    """Whether the object's controller is the one with that uid; a label alone can be anybody's."""
    owners = item["metadata"].get("ownerReferences", [])
    return any(owner["uid"] == uid and owner.get("controller") for owner in owners)


def job(item: Mapping[str, Any]) -> Job:
    spec, status = item["spec"], item.get("status", {})
    ended = {entry["type"]: entry for entry in status.get("conditions", []) if entry["status"] == "True"}
    last = ended.get("Failed") or ended.get("Complete") or {}
    return Job(
        name=item["metadata"]["name"],
        uid=item["metadata"]["uid"],
        parallelism=spec.get("parallelism", 1),
        is_suspended=spec.get("suspend", False),
        is_complete="Complete" in ended,
        is_failed="Failed" in ended,
        reason=last.get("reason", ""),
        message=last.get("message", ""),
        completed_slots=_count(status.get("completedIndexes", "")),
        broken_slots=status.get("failedIndexes", ""),
    )


def pod(item: Mapping[str, Any]) -> Pod:
    metadata, status = item["metadata"], item.get("status", {})
    containers = status.get("containerStatuses", [])
    trial: Mapping[str, Any] = next((entry for entry in containers if entry["name"] == TRIAL_CONTAINER), {})
    terminated = trial.get("state", {}).get("terminated", {})
    reason, message = _trouble(status, trial)
    return Pod(
        name=metadata["name"],
        uid=metadata["uid"],
        phase=status.get("phase", "Pending"),
        is_ready=trial.get("ready", False),
        is_terminating="deletionTimestamp" in metadata,
        reason=reason,
        message=message,
        exit_code=terminated.get("exitCode"),
        last_words=terminated.get("message", "").strip(),
        ended_by=terminated.get("reason", ""),
        node=item.get("spec", {}).get("nodeName", ""),
        image=trial.get("imageID", "").rpartition("@")[2],
        is_disrupted=_disruption(status) is not None,
        lost_since=_lost_since(metadata, status),
    )


def latest_message(events: Sequence[Mapping[str, Any]]) -> str:
    """Of events of one kind, the sentence of the newest; "" when there is none."""
    newest = max(events, key=lambda event: event.get("lastTimestamp") or event.get("eventTime") or "", default={})
    return str(newest.get("message", ""))


def _count(indexes: str) -> int:
    """How many there are in a list like `1,3-4`."""
    ends = [part.split("-") for part in indexes.split(",") if part]
    return sum(int(end[-1]) - int(end[0]) + 1 for end in ends)


def _disruption(status: Mapping[str, Any]) -> Mapping[str, Any] | None:
    conditions = status.get("conditions", [])
    return next((c for c in conditions if c["type"] == "DisruptionTarget" and c["status"] == "True"), None)


def _lost_since(metadata: Mapping[str, Any], status: Mapping[str, Any]) -> datetime | None:
    """When the node was heard of for the last time, as far as the control plane says that it is silent.

    It marks the pods of a silent node as not ready, and gives no reason for it; a kubelet always gives one, and does
    not call a pod unready whose containers are ready. A kubelet that comes back corrects it. Later the control plane
    asks such a pod to go; one that is still there when its time has passed has no kubelet that could end it.
    """
    conditions = {entry["type"]: entry for entry in status.get("conditions", [])}
    ready, containers = conditions.get("Ready", {}), conditions.get("ContainersReady", {})
    if ready.get("status") == "False" and not ready.get("reason") and containers.get("status") == "True":
        return datetime.fromisoformat(ready["lastTransitionTime"])
    disruption = _disruption(status) or {}
    if disruption.get("reason") == "DeletionByTaintManager" and "deletionTimestamp" in metadata:
        return datetime.fromisoformat(metadata["deletionTimestamp"])
    return None


def _trouble(status: Mapping[str, Any], trial: Mapping[str, Any]) -> tuple[str, str]:
    """Why a pod does not run, in the scheduler's or the kubelet's words; ("", "") when nothing is wrong."""
    waiting = trial.get("state", {}).get("waiting", {})
    if waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
        return waiting["reason"], waiting.get("message", "")
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return condition.get("reason", ""), condition.get("message", "")
    return status.get("reason", ""), status.get("message", "")
