"""Keep each pod with GPUs until the status has its time. Called by `job` and `planner`; `judge.ledger` counts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hposweep.api.names import LEDGER_FINALIZER, SWEEP_UID_ANNOTATION
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import ReleasePods


def kept_for_ledger(template: Mapping[str, Any], sweep: Sweep) -> dict[str, Any]:
    """Return the pod template with the finalizer, and with the sweep's uid for the case that the Job is deleted."""
    metadata = template["metadata"]
    annotations = {**(metadata.get("annotations") or {}), SWEEP_UID_ANNOTATION: sweep.uid}
    finalizers = [*(metadata.get("finalizers") or ()), LEDGER_FINALIZER]
    return {**template, "metadata": {**metadata, "annotations": annotations, "finalizers": finalizers}}


def counted_pods(sweep: Sweep, observation: Observation) -> ReleasePods | None:
    """Return the pods that the stored status counts; those of this pass are not stored yet."""
    status = sweep.status.gpu_seconds if sweep.status is not None else None
    uids = set(status.ended.releasing) if status is not None else set()
    return _release(tuple(pod.name for pod in observation.pods if pod.ledger is not None and pod.uid in uids))


def all_pods(observation: Observation) -> ReleasePods | None:
    """Return all pods, because their sweep is being deleted and its sums with it."""
    return _release(tuple(pod.name for pod in observation.pods if pod.ledger is not None))


def _release(names: tuple[str, ...]) -> ReleasePods | None:
    return ReleasePods(names) if names else None
