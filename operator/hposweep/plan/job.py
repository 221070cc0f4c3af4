"""The search Job: one Indexed Job whose pods are the workers. Called by `planner`, and by `observe` for a dry run."""

from __future__ import annotations

from typing import Any

from hposweep.api.names import API_VERSION, KIND, SEARCH_PHASE, STUDY_ID_LABEL, job_name
from hposweep.api.sweep import Sweep
from hposweep.plan.failure_policy import BACKOFF_LIMIT_PER_INDEX, pod_failure_policy
from hposweep.plan.ledger import kept_for_ledger
from hposweep.plan.podtemplate import labels, pod_template


def search_job(
    sweep: Sweep, *, attempt: int = 1, study_id: int | None = None, suspend: bool = False, gpus: float = 0.0
) -> dict[str, Any]:
    """Build the Job. Completions follow parallelism, so that `replicas` can change while it runs.

    `gpus`: of each pod, which is then kept until its GPU time is counted.
    """
    size, is_off = job_size(sweep)
    study = {STUDY_ID_LABEL: str(study_id)} if study_id is not None else {}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": job_name(sweep.name, SEARCH_PHASE, attempt),
            "namespace": sweep.namespace,
            "labels": {**labels(sweep, SEARCH_PHASE), **study},
            "ownerReferences": [owner_reference(sweep)],
        },
        "spec": {
            "completionMode": "Indexed",
            "completions": size,
            "parallelism": size,
            "suspend": suspend or is_off,
            "backoffLimitPerIndex": BACKOFF_LIMIT_PER_INDEX,
            "podReplacementPolicy": "Failed",  # no second pod on the GPU while the first terminates
            "podFailurePolicy": pod_failure_policy(),
            "template": kept_for_ledger(pod_template(sweep), sweep, gpus) if gpus else pod_template(sweep),
        },
    }


def job_size(sweep: Sweep) -> tuple[int, bool]:
    """Return the number of pods, and whether the Job is suspended because of it.

    An Indexed Job of no completions would be complete at once, so zero replicas mean a suspended one.
    """
    replicas = sweep.spec.workers.replicas
    return max(replicas, 1), replicas == 0


def owner_reference(sweep: Sweep) -> dict[str, Any]:
    """Build the reference by which garbage collection deletes the child after the sweep."""
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "name": sweep.name,
        "uid": sweep.uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }
