"""What the API server's Jobs and Pods mean, in the words of `model.workers`. Pure; called by `kubernetes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        message=last.get("message", ""),
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
    )


def latest_message(events: Sequence[Mapping[str, Any]]) -> str:
    """Of events of one kind, the sentence of the newest; "" when there is none."""
    newest = max(events, key=lambda event: event.get("lastTimestamp") or event.get("eventTime") or "", default={})
    return str(newest.get("message", ""))


def _trouble(status: Mapping[str, Any], trial: Mapping[str, Any]) -> tuple[str, str]:
    """Why a pod does not run, in the scheduler's or the kubelet's words; ("", "") when nothing is wrong."""
    waiting = trial.get("state", {}).get("waiting", {})
    if waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
        return waiting["reason"], waiting.get("message", "")
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return condition.get("reason", ""), condition.get("message", "")
    return status.get("reason", ""), status.get("message", "")
