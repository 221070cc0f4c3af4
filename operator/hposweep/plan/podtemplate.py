"""The pod of a phase: the user's template, completed. What the user wrote stays as it is, in every phase.

Only the container `trial` is completed: environment, the user's code when it comes from a ConfigMap, and the security
settings of the `restricted` level where the template sets none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hposweep.api.names import MANAGED_BY_LABEL, PHASE_LABEL, SWEEP_LABEL, TRIAL_CONTAINER
from hposweep.api.sweep import Sweep
from hposweep.plan.database_ca import ca_mounts, ca_volumes
from hposweep.plan.environment import SOURCE_PATH, environment

SOURCE_VOLUME = "hposweep-source"
SCRATCH_VOLUME, SCRATCH_PATH = "hposweep-tmp", "/tmp"  # noqa: S108  # an emptyDir
# Time to end a trial and requeue it; a template that sets its own keeps it.
GRACE_SECONDS = 30
# The unprivileged user of distroless images; any number but 0 satisfies the restricted level.
USER_ID = 65532
# A worker talks to the database, never to the cluster; variables of unrelated Services are noise in an objective.
_OFF = ("automountServiceAccountToken", "enableServiceLinks")


def labels(sweep: Sweep, phase: str) -> dict[str, str]:
    """Return the labels of every child: one selector finds a sweep's Jobs and pods, and each says its phase."""
    return {SWEEP_LABEL: sweep.name, PHASE_LABEL: phase, MANAGED_BY_LABEL: "hposweep"}


def pod_template(sweep: Sweep, phase: str, key: str = "") -> dict[str, Any]:
    """Build the pod template of a phase's Job. Phases differ in labels and in the environment of the container.

    `key`: of the baseline trial, in its phase.
    """
    template = sweep.spec.workers.template
    metadata, spec = template.get("metadata", {}), dict(template.get("spec", {}))
    spec.setdefault("restartPolicy", "Never")
    for field in _OFF:
        if spec.get(field) is None:  # Kubernetes takes a null for the absent field, whose default is true
            spec[field] = False
    if spec.get("terminationGracePeriodSeconds") is None:
        spec["terminationGracePeriodSeconds"] = GRACE_SECONDS
    spec["securityContext"] = _filled(
        spec.get("securityContext"),
        {"runAsNonRoot": True, "runAsUser": USER_ID, "seccompProfile": {"type": "RuntimeDefault"}},
    )
    spec["volumes"] = _extended(spec.get("volumes"), _volumes(sweep, spec))
    spec["containers"] = [
        _trial(sweep, phase, container, spec, key) if container.get("name") == TRIAL_CONTAINER else container
        for container in spec.get("containers", ())
    ]
    return {
        "metadata": {**metadata, "labels": {**metadata.get("labels", {}), **labels(sweep, phase)}},
        "spec": spec,
    }


def _volumes(sweep: Sweep, spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    volumes: list[dict[str, Any]] = []
    if not _mounts_scratch(spec):
        volumes.append({"name": SCRATCH_VOLUME, "emptyDir": {}})
    if sweep.spec.objective.source_ref is not None:
        config_map = {"name": sweep.spec.objective.source_ref.config_map.name}
        volumes.append({"name": SOURCE_VOLUME, "configMap": config_map})
    return [*volumes, *ca_volumes(sweep)]


def _mounts_scratch(spec: Mapping[str, Any]) -> bool:
    trial: Mapping[str, Any] = next(
        (entry for entry in spec.get("containers", ()) if entry.get("name") == TRIAL_CONTAINER), {}
    )
    mounts = trial.get("volumeMounts")
    return any(_field(mount, "mountPath") == SCRATCH_PATH for mount in (mounts if isinstance(mounts, list) else ()))


def _trial(sweep: Sweep, phase: str, container: Mapping[str, Any], spec: Mapping[str, Any], key: str) -> dict[str, Any]:
    mounts: list[dict[str, Any]] = []
    if not _mounts_scratch(spec):
        mounts.append({"name": SCRATCH_VOLUME, "mountPath": SCRATCH_PATH})
    if sweep.spec.objective.source_ref is not None:
        mounts.append({"name": SOURCE_VOLUME, "mountPath": SOURCE_PATH, "readOnly": True})
    mounts += ca_mounts(sweep)
    variables = environment(
        sweep,
        phase,
        image=container.get("image", ""),
        grace_seconds=spec["terminationGracePeriodSeconds"],
        key=key,
    )
    names, env = {variable["name"] for variable in variables}, container.get("env")
    own = [item for item in env if _field(item, "name") not in names] if isinstance(env, list) else env
    return {
        **container,
        "env": _extended(own, variables),
        "volumeMounts": _extended(container.get("volumeMounts"), mounts),
        "securityContext": _filled(
            container.get("securityContext"),
            {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            },
        ),
    }


# The CRD leaves the shape of a pod to Kubernetes. A value of another shape stays as it is, because then the dry run of
# the Job refuses it in the cluster's own words.


def _extended(value: Any, entries: list[dict[str, Any]]) -> Any:
    if value is None:
        return entries
    return [*value, *entries] if isinstance(value, list) else value


def _filled(value: Any, defaults: Mapping[str, Any]) -> Any:
    if value is None:
        return defaults
    return {**defaults, **value} if isinstance(value, Mapping) else value


def _field(entry: Any, name: str) -> Any:
    return entry.get(name) if isinstance(entry, Mapping) else None
