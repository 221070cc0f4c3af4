"""The Job that analyzes the study of an ended sweep, and the ConfigMap of its results. Called by `analysis_pass`.

The Job's pod has the operator's image, and nothing of the user's template but the Secrets that its images are pulled
with. It needs no permission in the cluster, because the operator writes the ConfigMap from the row in the database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hposweep.api.analysis import REQUEST_ENV, AnalysisRequest
from hposweep.api.names import ANALYSIS_CONTAINER, ANALYSIS_PHASE, API_VERSION, KIND, job_name
from hposweep.api.spec import SamplerSpec
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hposweep.model.analysis import AnalysisObservation, AnalysisStep
from hposweep.model.plan import ClusterAction, CreateConfigMap, CreateJob, ResizeJob
from hposweep.plan.database_ca import ca_mounts, ca_volumes
from hposweep.plan.environment import database_variables, literal
from hposweep.plan.job import owner_reference, phase_job
from hposweep.plan.podtemplate import SCRATCH_PATH, SCRATCH_VOLUME, USER_ID, labels
from hpotrial import protocol

DEADLINE_SECONDS = 900  # 10,000 trials of 10 parameters take a minute
BACKOFF_LIMIT = 2  # a database that was away for a moment
KEPT_SECONDS = 86_400  # the row and the ConfigMap have the results
CHECK_SECONDS = 10.0  # a pod that starts slowly has no event
# Linux takes 128 KiB for one variable.
MAX_REQUEST_BYTES = 96 * 1024
_COMMAND = ("python", "-m", "hposweep.cli.analysis_job")
_RESOURCES = {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"cpu": "2", "memory": "2Gi"}}
_STARTUP_OPTION, _RANDOM_TRIALS = "n_startup_trials", 10


def analysis_action(
    sweep: Sweep, observation: AnalysisObservation, step: AnalysisStep, image: str
) -> ClusterAction | None:
    """Return the action of a step. Executed twice, it changes nothing the second time."""
    match step:
        case AnalysisStep.CREATE:
            return CreateJob(analysis_job(sweep, image))
        case AnalysisStep.RESUME:
            return ResizeJob(job_name(sweep.name, ANALYSIS_PHASE, 1), 1, is_suspended=False)
        case AnalysisStep.PUBLISH if observation.row is not None:
            files = {file.name: file.text for file in observation.row.files if file.text is not None}
            return CreateConfigMap(config_map(sweep, files))
    return None


def analysis_job(sweep: Sweep, image: str) -> dict[str, Any]:
    """Build the Job: one pod, a deadline, and few retries."""
    study_id = sweep.status.study.id if sweep.status is not None else None
    job = phase_job(
        sweep,
        ANALYSIS_PHASE,
        {"metadata": {"labels": labels(sweep, ANALYSIS_PHASE)}, "spec": _pod(sweep, image)},
        attempt=1,
        size=1,
        study_id=study_id,
        is_suspended=False,
        backoff_limit_per_index=BACKOFF_LIMIT,
        ttl_seconds=KEPT_SECONDS,
    )
    fatal = {"containerName": ANALYSIS_CONTAINER, "operator": "In", "values": [protocol.EXIT_INVALID_CONFIG]}
    rules = [
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
        {"action": "FailJob", "onExitCodes": fatal},
    ]
    job["spec"] |= {"activeDeadlineSeconds": DEADLINE_SECONDS, "podFailurePolicy": {"rules": rules}}
    return job


def config_map(sweep: Sweep, files: Mapping[str, str]) -> dict[str, Any]:
    """Build the ConfigMap, which is deleted with the sweep."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": job_name(sweep.name, ANALYSIS_PHASE, 1),
            "namespace": sweep.namespace,
            "labels": labels(sweep, ANALYSIS_PHASE),
            "ownerReferences": [owner_reference(sweep)],
        },
        "data": dict(files),
    }


def analysis_request(sweep: Sweep) -> AnalysisRequest:
    """Return what the Job analyzes. Status and spec are left out where they are too large."""
    metadata = {"name": sweep.name, "namespace": sweep.namespace}
    document = {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "spec": dict(sweep.document)}
    baseline = sweep.spec.baseline
    request = AnalysisRequest(
        study=sweep.study_name,
        sweep=f"{sweep.namespace}/{sweep.name}",
        uid=sweep.uid,
        top_k=sweep.spec.analysis.top_k,
        random_trials=_random_trials(sweep.spec.study.sampler),
        baseline=baseline.study if baseline is not None and baseline.storage is None else None,
        document=document,
        status=to_wire(sweep.status),
    )
    for smaller in (request, replace(request, status=None)):
        if len(_text(smaller)) <= MAX_REQUEST_BYTES:
            return smaller
    return replace(request, status=None, document=None)


def analysis_requeue_after_seconds(*, is_due: bool) -> float | None:
    """Return the seconds until the next look at an analysis that has not ended."""
    return CHECK_SECONDS if is_due else None


def _pod(sweep: Sweep, image: str) -> dict[str, Any]:
    pull_secrets = sweep.spec.workers.template.get("spec", {}).get("imagePullSecrets")
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER_ID,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        **({"imagePullSecrets": pull_secrets} if pull_secrets else {}),
        "volumes": [{"name": SCRATCH_VOLUME, "emptyDir": {}}, *ca_volumes(sweep)],
        "containers": [_container(sweep, image)],
    }


def _container(sweep: Sweep, image: str) -> dict[str, Any]:
    return {
        "name": ANALYSIS_CONTAINER,
        "image": image,
        "command": list(_COMMAND),
        "env": [
            *database_variables(sweep),
            {"name": REQUEST_ENV, "value": literal(_text(analysis_request(sweep)))},
        ],
        "resources": _RESOURCES,
        "volumeMounts": [{"name": SCRATCH_VOLUME, "mountPath": SCRATCH_PATH}, *ca_mounts(sweep)],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }


def _text(request: AnalysisRequest) -> str:
    return json.dumps(to_wire(request))


def _random_trials(sampler: SamplerSpec) -> int:
    """Return how many of the first trials the sampler drew at random, by Optuna's default or the user's option."""
    number = sampler.options.get(_STARTUP_OPTION)
    return number if isinstance(number, int) and number >= 0 else _RANDOM_TRIALS
