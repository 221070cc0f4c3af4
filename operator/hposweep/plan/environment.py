"""The environment of a worker: the variables of the container `trial`. Called by `podtemplate`.

The names are those of `hpotrial.protocol`. The database's URL is the only secret, and never stands here by value.
"""

from __future__ import annotations

from typing import Any

from hposweep.api.names import BASELINE_PHASE, PREFLIGHT_PHASE
from hposweep.api.storage import TlsSpec
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hpotrial import protocol
from hpotrial.protocol.baseline import BaselineConfig
from hpotrial.protocol.config import Checkpoints, CommandObjective, Objective, PythonObjective, WorkerConfig
from hpotrial.protocol.constraints import Constraint
from hpotrial.protocol.metrics import Metric
from hpotrial.protocol.preflight import PreflightConfig

SOURCE_PATH = "/hposweep/source"  # where the user's code is mounted when it comes from a ConfigMap
CA_PATH, CA_FILE = "/hposweep/database", "ca.crt"  # where the certificate of the database's authority is mounted


def environment(sweep: Sweep, phase: str, *, image: str, grace_seconds: int, key: str = "") -> list[dict[str, Any]]:
    """Return the variables as Kubernetes writes them. `key`: of the baseline trial, in its phase."""
    spec = sweep.spec
    values = {
        protocol.STUDY_ENV: sweep.study_name,
        protocol.SWEEP_ENV: f"{sweep.namespace}/{sweep.name}",
        protocol.SWEEP_UID_ENV: sweep.uid,
        **_work(sweep, phase, key),
        protocol.IMAGE_ENV: image,
        protocol.GRACE_SECONDS_ENV: str(grace_seconds),
    }
    if spec.objective.source_ref is not None:
        values[protocol.SOURCE_PATH_ENV] = SOURCE_PATH
    fields = {
        protocol.POD_NAME_ENV: "metadata.name",
        protocol.POD_UID_ENV: "metadata.uid",
        protocol.NODE_NAME_ENV: "spec.nodeName",
    }
    return [
        *database_variables(sweep),
        *({"name": name, "value": literal(value)} for name, value in values.items()),
        *({"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in fields.items()),
    ]


def database_variables(sweep: Sweep) -> list[dict[str, Any]]:
    """Return the variables that lead to the database: the Secret's key, and the TLS that the spec demands."""
    secret, tls = sweep.spec.study.storage.secret_ref, sweep.spec.study.storage.tls
    storage = {"secretKeyRef": {"name": secret.name, "key": secret.key}}
    url = protocol.STORAGE_URL_ENV if tls is None else protocol.TLS_STORAGE_URL_ENV
    values = _tls(tls) if tls is not None else {}
    return [
        {"name": url, "valueFrom": storage},
        *({"name": name, "value": literal(value)} for name, value in values.items()),
    ]


def _tls(tls: TlsSpec) -> dict[str, str]:
    file = {protocol.CA_FILE_ENV: f"{CA_PATH}/{CA_FILE}"} if tls.ca_ref is not None else {}
    return {protocol.TLS_MODE_ENV: tls.mode, **file}


def _work(sweep: Sweep, phase: str, key: str) -> dict[str, str]:
    """Return the variable that says what the pod does: run trials, run one of them, or check."""
    work, preflight = _config(sweep).to_json(), sweep.spec.preflight
    if phase == BASELINE_PHASE:
        return {protocol.BASELINE_ENV: BaselineConfig(key, work).to_json()}
    if phase != PREFLIGHT_PHASE or preflight is None:
        return {protocol.WORK_ENV: work}
    return {protocol.PREFLIGHT_ENV: PreflightConfig(to_wire(preflight), work).to_json()}


def literal(value: str) -> str:
    """Return the value with `$$` for `$`, because the kubelet replaces `$(NAME)` by a variable and `$$` by `$`."""
    return value.replace("$", "$$")


def _config(sweep: Sweep) -> WorkerConfig:
    """Return the blocks of the spec that never change while a worker runs."""
    spec, checkpoints = sweep.spec, sweep.spec.workers.checkpoints
    preflight = spec.preflight
    source = preflight.source if preflight is not None else None
    return WorkerConfig(
        objective=_objective(sweep),
        objectives=tuple(to_wire(spec.study.objectives)),
        search_space=tuple(to_wire(spec.search_space)),
        sampler=to_wire(spec.study.sampler),
        pruner=to_wire(spec.study.pruner),
        isolation=spec.workers.isolation,
        checkpoints=Checkpoints(checkpoints.path, checkpoints.keep) if checkpoints is not None else None,
        outage_seconds=spec.study.storage.outage_seconds,
        callbacks=spec.objective.callbacks or (),
        constraints=tuple(map(Constraint.from_json, to_wire(spec.study.constraints))),
        checkout=source.path if source is not None else None,
        disk={entry.path: entry.path for entry in preflight.disk} if preflight is not None else {},
    )


def _objective(sweep: Sweep) -> Objective:
    objective = sweep.spec.objective
    if objective.python is not None:
        return PythonObjective(objective.python, to_wire(objective.fixed))
    metrics = tuple(Metric(metric.name, metric.pattern, metric.step_pattern) for metric in objective.metrics)
    return CommandObjective(objective.command or (), to_wire(objective.fixed), metrics)
