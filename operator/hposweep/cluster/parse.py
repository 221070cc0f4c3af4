"""Parse the API server's Jobs and Pods into `model.workers`. Pure; called by `kubernetes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hposweep.api.names import (
    ANALYSIS_CONTAINER,
    ANALYSIS_PHASE,
    INPUT_ANNOTATION,
    PHASE_LABEL,
    SEARCH_PHASE,
    TRIAL_CONTAINER,
)
from hposweep.cluster.pod_start import CREATING_REASONS, starting_since
from hposweep.cluster.pod_times import pod_times
from hposweep.model.workers import Job, Pod, count_indexes

# The Job controller's.
JOB_NAME_LABEL = "batch.kubernetes.io/job-name"
FAILURES_ANNOTATION = "batch.kubernetes.io/job-index-failure-count"
DISRUPTIONS_ANNOTATION = "batch.kubernetes.io/job-index-ignored-failure-count"


def is_controlled_by(item: Mapping[str, Any], uid: str) -> bool:
    """Return whether the object's controller has that uid; a label alone proves no ownership."""
    owners = item["metadata"].get("ownerReferences", [])
    return any(owner["uid"] == uid and owner.get("controller") for owner in owners)


def job(item: Mapping[str, Any]) -> Job:
    spec, status = item["spec"], item.get("status", {})
    end_conditions = {entry["type"]: entry for entry in status.get("conditions", []) if entry["status"] == "True"}
    end = end_conditions.get("Failed") or end_conditions.get("Complete") or {}
    return Job(
        name=item["metadata"]["name"],
        uid=item["metadata"]["uid"],
        phase=item["metadata"].get("labels", {}).get(PHASE_LABEL, SEARCH_PHASE),
        parallelism=spec.get("parallelism", 1),
        is_suspended=spec.get("suspend", False),
        is_complete="Complete" in end_conditions,
        is_failed="Failed" in end_conditions,
        reason=end.get("reason", ""),
        message=end.get("message", ""),
        completed_indexes=count_indexes(status.get("completedIndexes", "")),
        failed_indexes=status.get("failedIndexes", ""),
        input=item["metadata"].get("annotations", {}).get(INPUT_ANNOTATION, ""),
    )


def pod(item: Mapping[str, Any]) -> Pod:
    metadata, status = item["metadata"], item.get("status", {})
    containers = status.get("containerStatuses", [])
    phase = metadata.get("labels", {}).get(PHASE_LABEL, SEARCH_PHASE)
    container = ANALYSIS_CONTAINER if phase == ANALYSIS_PHASE else TRIAL_CONTAINER
    trial: Mapping[str, Any] = next((entry for entry in containers if entry["name"] == container), {})
    termination = trial.get("state", {}).get("terminated", {})
    annotations = metadata.get("annotations", {})
    reason, message = _waiting_reason(status, trial)
    return Pod(
        name=metadata["name"],
        uid=metadata["uid"],
        phase=status.get("phase", "Pending"),
        is_ready=trial.get("ready", False),
        is_terminating="deletionTimestamp" in metadata,
        reason=reason,
        message=message,
        exit_code=termination.get("exitCode"),
        termination_message=termination.get("message", "").strip(),
        log=f"kubectl logs -n {metadata.get('namespace', 'default')} {metadata['name']} -c {container}",
        terminated_reason=termination.get("reason", ""),
        job=metadata.get("labels", {}).get(JOB_NAME_LABEL, ""),
        job_phase=phase,
        node=item.get("spec", {}).get("nodeName", ""),
        image=trial.get("imageID", "").rpartition("@")[2],
        is_disrupted=_disruption(status) is not None,
        failures=int(annotations.get(FAILURES_ANNOTATION, 0)),
        disruptions=int(annotations.get(DISRUPTIONS_ANNOTATION, 0)),
        unreachable_since=_unreachable_since(metadata, status),
        starting_since=None if "deletionTimestamp" in metadata else starting_since(item),
        is_held_open=bool(termination) and any("running" in entry.get("state", {}) for entry in containers),
        ended_at=_time_of(termination.get("finishedAt")),
        ledger=pod_times(item),
    )


def refusal(events: Sequence[Mapping[str, Any]], since: str) -> str:
    """Return the newest event that says why no pod was created; "" when a pod was created since `since`."""
    newest = max(events, key=_time, default={})
    return str(newest.get("message", "")) if _time(newest) >= since else ""


def newest_creation(pods: Sequence[Mapping[str, Any]]) -> str:
    """Return the newest creation time, "" without pods. Times of the API sort as text."""
    return max((str(item["metadata"].get("creationTimestamp", "")) for item in pods), default="")


def _time_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _time(event: Mapping[str, Any]) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")


def _disruption(status: Mapping[str, Any]) -> Mapping[str, Any] | None:
    conditions = status.get("conditions", [])
    return next((c for c in conditions if c["type"] == "DisruptionTarget" and c["status"] == "True"), None)


def _unreachable_since(metadata: Mapping[str, Any], status: Mapping[str, Any]) -> datetime | None:
    """Return since when the pod's node is unreachable; None while it answers.

    The control plane marks the pods of an unreachable node as not ready, without a reason. A kubelet always gives a
    reason, and never calls a pod unready whose containers are ready; one that comes back corrects the mark. Later the
    control plane deletes such a pod. One that outlives its grace period has no kubelet that could end it.
    """
    conditions = {entry["type"]: entry for entry in status.get("conditions", [])}
    ready, containers = conditions.get("Ready", {}), conditions.get("ContainersReady", {})
    if ready.get("status") == "False" and not ready.get("reason") and containers.get("status") == "True":
        return datetime.fromisoformat(ready["lastTransitionTime"])
    disruption = _disruption(status) or {}
    if disruption.get("reason") == "DeletionByTaintManager" and "deletionTimestamp" in metadata:
        return datetime.fromisoformat(metadata["deletionTimestamp"])
    return None


def _waiting_reason(status: Mapping[str, Any], trial: Mapping[str, Any]) -> tuple[str, str]:
    """Return why a pod does not run, in the scheduler's or the kubelet's words; ("", "") when nothing is wrong.

    The pod may wait for a container before or beside the trial's own.
    """
    containers = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    for container in (trial, *containers):
        waiting = container.get("state", {}).get("waiting", {})
        if waiting.get("reason") not in (None, *CREATING_REASONS):
            return waiting["reason"], waiting.get("message", "")
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return condition.get("reason", ""), condition.get("message", "")
    return status.get("reason", ""), status.get("message", "")
