"""What a pod that has a node but does not run yet is waiting for, by its status and its events.

Pure; called by `parse` and `kubernetes`. The status alone says `ContainerCreating` for seconds and for hours alike; the
kubelet's events say whether it pulls an image or cannot mount a volume.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hposweep.model.workers import ImagePull, Pod

CREATING_REASONS = ("ContainerCreating", "PodInitializing")
SLOW_AFTER = timedelta(seconds=5)  # most pods of an image that the node has start sooner, and cost no request
TROUBLE_AFTER = timedelta(seconds=30)  # a warning may be about a volume that is attached a moment later
MAX_EVENTS = 50  # of one pod; the kubelet counts repetitions instead of adding events
_PULLING, _PULLED, _WARNING = "Pulling", "Pulled", "Warning"
_QUOTED = re.compile(r'"([^"]*)"')


def starting_since(item: Mapping[str, Any]) -> datetime | None:
    """Return when the pod got its node; None unless the kubelet is still creating its first containers."""
    status = item.get("status", {})
    conditions = {entry["type"]: entry for entry in status.get("conditions", [])}
    scheduled = conditions.get("PodScheduled", {})
    if status.get("phase") != "Pending" or scheduled.get("status") != "True" or _runs_init_container(item):
        return None
    containers = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    waits = (entry.get("state", {}).get("waiting", {}).get("reason") for entry in containers)
    if any(reason not in (None, *CREATING_REASONS) for reason in waits):
        return None
    since = scheduled.get("lastTransitionTime")
    return datetime.fromisoformat(since) if since else None


def slowest_start(pods: Iterable[Pod], now: datetime) -> Pod | None:
    """Return the pod that has been starting the longest, or None while none is slow."""
    slow = [pod for pod in pods if pod.starting_since is not None and now - pod.starting_since >= SLOW_AFTER]
    return min(slow, key=lambda pod: pod.starting_since or now, default=None)


def with_events(pod: Pod, events: Sequence[Mapping[str, Any]], now: datetime) -> Pod:
    """Add what the pod's events say: the image that is being pulled, or the warning that keeps it from starting."""
    in_order = sorted(events, key=_time)
    pull = _pull(in_order)
    if pull is not None:
        return replace(pod, pull=pull)
    newest: Mapping[str, Any] = in_order[-1] if in_order else {}
    is_stuck = pod.starting_since is not None and now - pod.starting_since >= TROUBLE_AFTER
    if newest.get("type") == _WARNING and is_stuck:
        return replace(pod, reason=str(newest.get("reason", "")), message=str(newest.get("message", "")))
    return pod


def _runs_init_container(item: Mapping[str, Any]) -> bool:
    """Return whether an init container runs that has to end before the trial's container is created."""
    containers = item.get("spec", {}).get("initContainers", [])
    sidecars = {entry["name"] for entry in containers if entry.get("restartPolicy") == "Always"}
    running = {e["name"] for e in item["status"].get("initContainerStatuses", []) if "running" in e.get("state", {})}
    return bool(running - sidecars)


def _pull(events: Sequence[Mapping[str, Any]]) -> ImagePull | None:
    """Return the pull that has begun and not ended. Times have whole seconds, so that a pull may end in its first."""
    pulls = [event for event in events if event.get("reason") == _PULLING]
    if not pulls:
        return None
    begun, image = _time(pulls[-1]), _image(pulls[-1])
    ends = (event for event in events if event.get("reason") in (_PULLED, "Failed") and _time(event) >= begun)
    if not begun or any(_image(event) == image for event in ends):
        return None
    return ImagePull(image, datetime.fromisoformat(begun))


def _image(event: Mapping[str, Any]) -> str:
    match = _QUOTED.search(str(event.get("message", "")))
    return match.group(1) if match else ""


def _time(event: Mapping[str, Any]) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
