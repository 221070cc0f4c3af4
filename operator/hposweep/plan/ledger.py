"""Keep each pod with GPUs until the status has its time. Called by `job` and `planner`; `judge.ledger` counts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hposweep.api.names import LEDGER_FINALIZER, SWEEP_UID_ANNOTATION, TRIAL_CONTAINER
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import ReleasePods
from hpotrial import protocol


def kept_for_ledger(template: Mapping[str, Any], sweep: Sweep, gpus: float) -> dict[str, Any]:
    """Return the pod template with the finalizer, and with the sweep's uid for the case that the Job is deleted.

    The worker writes the number of GPUs on its trials.
    """
    metadata, spec = template["metadata"], template["spec"]
    containers = [
        _with_gpus(entry, gpus) if entry["name"] == TRIAL_CONTAINER else entry for entry in spec["containers"]
    ]
    annotations = {**(metadata.get("annotations") or {}), SWEEP_UID_ANNOTATION: sweep.uid}
    finalizers = [*(metadata.get("finalizers") or ()), LEDGER_FINALIZER]
    return {
        "metadata": {**metadata, "annotations": annotations, "finalizers": finalizers},
        "spec": {**spec, "containers": containers},
    }


def _with_gpus(container: Mapping[str, Any], gpus: float) -> dict[str, Any]:
    return {**container, "env": [*container["env"], {"name": protocol.GPUS_ENV, "value": f"{gpus:.10g}"}]}


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
