"""Read the times of a pod that the ledger of GPU time keeps. Pure; called by `parse` and `kubernetes`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hposweep.api.names import LEDGER_FINALIZER, SWEEP_UID_ANNOTATION, TRIAL_CONTAINER
from hposweep.model.gpu_seconds import PodTimes

_ENDED_PHASES = ("Succeeded", "Failed")


def pod_times(item: Mapping[str, Any]) -> PodTimes | None:
    """Return None for a pod without the finalizer: it holds no GPU, or its time is counted."""
    metadata, status = item["metadata"], item.get("status", {})
    created = _time(metadata.get("creationTimestamp"))
    if LEDGER_FINALIZER not in metadata.get("finalizers", ()) or created is None:
        return None
    containers = status.get("containerStatuses", ())
    trial: Mapping[str, Any] = next((entry for entry in containers if entry["name"] == TRIAL_CONTAINER), {})
    states = (trial.get("state", {}), trial.get("lastState", {}))
    starts = [state[name].get("startedAt") for state in states for name in ("running", "terminated") if name in state]
    return PodTimes(
        created=created,
        scheduled=_scheduled(status),
        started=min((time for time in map(_time, starts) if time is not None), default=None),
        ended=_ended(item),
    )


def is_kept_for(item: Mapping[str, Any], uid: str) -> bool:
    """Return whether the finalizer keeps the pod for the sweep of that uid, although its Job may be gone."""
    metadata = item["metadata"]
    is_kept = LEDGER_FINALIZER in metadata.get("finalizers", ())
    return is_kept and metadata.get("annotations", {}).get(SWEEP_UID_ANNOTATION) == uid


def _scheduled(status: Mapping[str, Any]) -> datetime | None:
    conditions = {entry["type"]: entry for entry in status.get("conditions", ())}
    condition = conditions.get("PodScheduled", {})
    return _time(condition.get("lastTransitionTime")) if condition.get("status") == "True" else None


def _ended(item: Mapping[str, Any]) -> datetime | None:
    """Return the end of the last container; of a pod that none reports, when it was disrupted or deleted."""
    metadata, status = item["metadata"], item.get("status", {})
    deleted = _time(metadata.get("deletionTimestamp"))
    is_unscheduled = not item.get("spec", {}).get("nodeName")
    if status.get("phase") not in _ENDED_PHASES:
        return deleted if is_unscheduled else None  # no kubelet will report its end
    entries = [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]
    finishes = [_time(entry.get("state", {}).get("terminated", {}).get("finishedAt")) for entry in entries]
    times = [time for time in finishes if time is not None]
    if times and len(times) == len(finishes):
        return max(times)
    changes = [_time(entry.get("lastTransitionTime")) for entry in status.get("conditions", ())]
    known = [time for time in (*times, *changes, _time(metadata.get("creationTimestamp"))) if time is not None]
    return deleted or max(known, default=None)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
