"""The Job of a phase: one Indexed Job with the workers' pod template. Called by `planner`, `preflight` and `observe`.

All that Jobs have in common stands in `phase_job`: names, labels, owner, failure policy. A phase adds its size, its pod
template and what its end means.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hposweep.api.names import API_VERSION, KIND, SEARCH_PHASE, STUDY_ID_LABEL, job_name
from hposweep.api.sweep import Sweep
from hposweep.model.plan import ResizeJob
from hposweep.model.workers import Workers
from hposweep.plan.failure_policy import BACKOFF_LIMIT_PER_INDEX, pod_failure_policy
from hposweep.plan.ledger import kept_for_ledger
from hposweep.plan.podtemplate import labels, pod_template


def phase_job(
    sweep: Sweep,
    phase: str,
    template: Mapping[str, Any],
    *,
    attempt: int,
    size: int,
    study_id: int | None,
    is_suspended: bool,
    backoff_limit_per_index: int = BACKOFF_LIMIT_PER_INDEX,
    annotations: Mapping[str, str] | None = None,
    ttl_seconds: int | None = None,
) -> dict[str, Any]:
    """Build the Job. Completions follow parallelism, so that its size can change while it runs."""
    study = {STUDY_ID_LABEL: str(study_id)} if study_id is not None else {}
    metadata = {
        "name": job_name(sweep.name, phase, attempt),
        "namespace": sweep.namespace,
        "labels": {**labels(sweep, phase), **study},
        "ownerReferences": [owner_reference(sweep)],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {**metadata, "annotations": dict(annotations)} if annotations else metadata,
        "spec": {
            "completionMode": "Indexed",
            "completions": size,
            "parallelism": size,
            "suspend": is_suspended,
            "backoffLimitPerIndex": backoff_limit_per_index,
            "podReplacementPolicy": "Failed",  # no second pod on the GPU while the first terminates
            "podFailurePolicy": pod_failure_policy(),
            "template": template,
            **({"ttlSecondsAfterFinished": ttl_seconds} if ttl_seconds is not None else {}),
        },
    }


def search_job(
    sweep: Sweep,
    *,
    attempt: int = 1,
    study_id: int | None = None,
    suspend: bool = False,
    gpus: float = 0.0,
    phase: str = SEARCH_PHASE,
) -> dict[str, Any]:
    """Build the Job whose pods are the workers. `gpus`: of each pod. The champions have workers like the search."""
    size, is_off = job_size(sweep)
    return phase_job(
        sweep,
        phase,
        phase_template(sweep, phase, gpus),
        attempt=attempt,
        size=size,
        study_id=study_id,
        is_suspended=suspend or is_off,
    )


def phase_template(sweep: Sweep, phase: str, gpus: float, key: str = "") -> dict[str, Any]:
    """Return the pod template of a phase. A pod with GPUs is kept until its GPU time is counted."""
    template = pod_template(sweep, phase, key)
    return kept_for_ledger(template, sweep, gpus) if gpus else template


def job_size(sweep: Sweep) -> tuple[int, bool]:
    """Return the number of the search's pods, and whether its Job is suspended because of it.

    An Indexed Job of no completions would be complete at once, so zero replicas mean a suspended one.
    """
    replicas = sweep.spec.workers.replicas
    return max(replicas, 1), replicas == 0


def suspend_or_resume(
    sweep: Sweep, workers: Workers, phase: str, now: datetime, *, has_result: bool, is_needed: bool
) -> ResizeJob | None:
    """Suspend the Job of a phase of one pod while the sweep is paused, and when it is not needed.

    While a Job whose result is known ends by itself, it is left alone, unless another container holds its pod open.
    """
    job, _ = workers.latest_job(sweep.name, phase)
    if job is None or job.has_ended:
        return None
    if has_result:
        is_held_open = any(pod.is_overdue(now) for pod in workers.pods)
        return ResizeJob(job.name, 1, is_suspended=True) if is_held_open and not job.is_suspended else None
    is_suspended = sweep.spec.is_paused or not is_needed
    return ResizeJob(job.name, 1, is_suspended) if is_suspended != job.is_suspended else None


def owner_reference(sweep: Sweep) -> dict[str, Any]:
    """Build the reference by which garbage collection deletes the child after the sweep.

    It does not block the deletion of the sweep, because a cluster may demand a permission for that
    (OwnerReferencesPermissionEnforcement, as on OpenShift). The sweep's finalizer keeps it until its pods have ended.
    """
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "name": sweep.name,
        "uid": sweep.uid,
        "controller": True,
    }
