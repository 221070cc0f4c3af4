"""The pod that runs trials: the user's template, completed. What the user wrote stays as it is.

Only the container `trial` is ours to complete: environment, the user's code when it comes from a ConfigMap, and the
security settings of the `restricted` level where the template is silent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hposweep.api.names import MANAGED_BY_LABEL, PHASE_LABEL, SEARCH_PHASE, SWEEP_LABEL, TRIAL_CONTAINER
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hpotrial import contract

SOURCE_VOLUME, SOURCE_PATH = "hposweep-source", "/hposweep/source"
SCRATCH_VOLUME, SCRATCH_PATH = "hposweep-tmp", "/tmp"  # noqa: S108  # an emptyDir of the pod's own
# Time to end a trial and hand it back; a template that sets its own keeps it.
GRACE_SECONDS = 30
# The `nobody` of distroless images: any number but 0 satisfies the restricted level.
USER_ID = 65532


def labels(sweep: Sweep) -> dict[str, str]:
    """On every child, so that one selector finds a sweep's Jobs and pods."""
    return {SWEEP_LABEL: sweep.name, PHASE_LABEL: SEARCH_PHASE, MANAGED_BY_LABEL: "hposweep"}


def pod_template(sweep: Sweep) -> dict[str, Any]:
    """For the search Job."""
    template = sweep.spec.workers.template
    metadata, spec = template.get("metadata", {}), dict(template.get("spec", {}))
    spec.setdefault("restartPolicy", "Never")
    spec.setdefault("automountServiceAccountToken", False)  # a worker talks to the database, never to the cluster
    spec.setdefault("enableServiceLinks", False)  # variables of unrelated Services are noise in an objective
    spec.setdefault("terminationGracePeriodSeconds", GRACE_SECONDS)
    spec["securityContext"] = {
        "runAsNonRoot": True,
        "runAsUser": USER_ID,
        "seccompProfile": {"type": "RuntimeDefault"},
        **spec.get("securityContext", {}),
    }
    spec["volumes"] = [*spec.get("volumes", ()), *_volumes(sweep, spec)]
    spec["containers"] = [
        _trial(sweep, container, spec) if container.get("name") == TRIAL_CONTAINER else container
        for container in spec.get("containers", ())
    ]
    return {"metadata": {**metadata, "labels": {**metadata.get("labels", {}), **labels(sweep)}}, "spec": spec}


def _volumes(sweep: Sweep, spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    volumes: list[dict[str, Any]] = []
    if not _mounts_scratch(spec):
        volumes.append({"name": SCRATCH_VOLUME, "emptyDir": {}})
    if sweep.spec.objective.source_ref is not None:
        config_map = {"name": sweep.spec.objective.source_ref.config_map.name}
        volumes.append({"name": SOURCE_VOLUME, "configMap": config_map})
    return volumes


def _mounts_scratch(spec: Mapping[str, Any]) -> bool:
    trial: Mapping[str, Any] = next(
        (entry for entry in spec.get("containers", ()) if entry.get("name") == TRIAL_CONTAINER), {}
    )
    return any(mount.get("mountPath") == SCRATCH_PATH for mount in trial.get("volumeMounts", ()))


def _trial(sweep: Sweep, container: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    mounts: list[dict[str, Any]] = []
    if not _mounts_scratch(spec):
        mounts.append({"name": SCRATCH_VOLUME, "mountPath": SCRATCH_PATH})
    if sweep.spec.objective.source_ref is not None:
        mounts.append({"name": SOURCE_VOLUME, "mountPath": SOURCE_PATH, "readOnly": True})
    ours = _environment(sweep)
    names = {variable["name"] for variable in ours}
    return {
        **container,
        "env": [*(item for item in container.get("env", ()) if item.get("name") not in names), *ours],
        "volumeMounts": [*container.get("volumeMounts", ()), *mounts],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            **container.get("securityContext", {}),
        },
    }


def _environment(sweep: Sweep) -> list[dict[str, Any]]:
    spec, secret = sweep.spec, sweep.spec.study.storage.secret_ref
    work = {
        "objective": {"python": spec.objective.python, "fixed": dict(spec.objective.fixed)},
        "objectives": to_wire(spec.study.objectives),
        "searchSpace": to_wire(spec.search_space),
        "sampler": to_wire(spec.study.sampler),
        "pruner": to_wire(spec.study.pruner),
    }
    values = {
        contract.STUDY_ENV: sweep.study_name,
        contract.SWEEP_ENV: f"{sweep.namespace}/{sweep.name}",
        contract.SWEEP_UID_ENV: sweep.uid,
        contract.WORK_ENV: json.dumps(work),
    }
    if spec.objective.source_ref is not None:
        values[contract.SOURCE_PATH_ENV] = SOURCE_PATH
    fields = {
        contract.POD_NAME_ENV: "metadata.name",
        contract.POD_UID_ENV: "metadata.uid",
        contract.NODE_NAME_ENV: "spec.nodeName",
    }
    storage = {"secretKeyRef": {"name": secret.name, "key": secret.key}}
    return [
        {"name": contract.STORAGE_URL_ENV, "valueFrom": storage},
        *({"name": name, "value": value} for name, value in values.items()),
        *({"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in fields.items()),
    ]
