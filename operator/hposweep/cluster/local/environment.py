"""The environment of a worker: the variables of the container `trial` in its manifest, with this machine's values.

Pure; called by `cluster` to start a worker and for a dry run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hposweep.api.names import TRIAL_CONTAINER
from hposweep.cluster.local.gpus import VISIBLE_ENV
from hposweep.cluster.local.quantity import amount
from hposweep.cluster.protocol import RefusedError
from hpotrial import protocol
from hpotrial.protocol.config import WorkerConfig

# Looks up the text of a Secret or a ConfigMap by kind (`Secret`), name and key; None when it is absent.
Lookup = Callable[[str, str, str], str | None]
_REFERENCES = {"secretKeyRef": "Secret", "configMapKeyRef": "ConfigMap"}


@dataclass(frozen=True, slots=True)
class Place:
    """The folders and the identity of a pod on this machine."""

    pod: str
    uid: str
    namespace: str
    node: str
    source: str  # folder with the user's modules
    checkpoints: str  # folder that all workers share
    message: str  # file for the termination message
    gpus: tuple[str, ...] = ()  # its share of this machine's


def environment(
    manifest: Mapping[str, Any], index: int, place: Place, lookup: Lookup, own: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Build the variables. Raises RefusedError for a value that this machine cannot provide.

    `own` are the user's variables, which stand in for Secrets and ConfigMaps of a cluster.
    """
    container = trial_container(manifest)
    values = {}
    for variable in container.get("env", ()):
        value = _value(variable, place, lookup, own or {})
        if value is not None:
            values[variable["name"]] = value
    if protocol.WORK_ENV in values:
        values[protocol.WORK_ENV] = _with_place(values[protocol.WORK_ENV], place)
    values |= {
        protocol.SOURCE_PATH_ENV: place.source,
        protocol.WORKER_INDEX_ENV: str(index),
        protocol.TERMINATION_MESSAGE_PATH_ENV: place.message,
    }
    if place.gpus:
        values.setdefault(VISIBLE_ENV, ",".join(place.gpus))
    limit = container.get("resources", {}).get("limits", {}).get("memory")
    if limit is not None:
        values[protocol.MEMORY_BYTES_ENV] = str(_bytes(limit))
    return values


def trial_container(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    containers = manifest["spec"]["template"]["spec"]["containers"]
    return next(container for container in containers if container["name"] == TRIAL_CONTAINER)


def _value(variable: Mapping[str, Any], place: Place, lookup: Lookup, own: Mapping[str, str]) -> str | None:
    source = variable.get("valueFrom")
    if source is None:
        return str(variable.get("value", ""))
    for reference, kind in _REFERENCES.items():
        if reference in source:
            return _reference_value(variable["name"], kind, source[reference], lookup, own)
    fields = {
        "metadata.name": place.pod,
        "metadata.uid": place.uid,
        "metadata.namespace": place.namespace,
        "spec.nodeName": place.node,
    }
    path = source.get("fieldRef", {}).get("fieldPath")
    if path not in fields:
        supported = ", ".join((*_REFERENCES, *(f"fieldRef {field}" for field in fields)))
        raise RefusedError(
            f"environment variable `{variable['name']}` comes from {json.dumps(source)}, which a run without a cluster "
            f"does not have; it supports {supported}"
        )
    return fields[path]


def _reference_value(
    variable: str, kind: str, reference: Mapping[str, Any], lookup: Lookup, own: Mapping[str, str]
) -> str | None:
    """Return the text of a Secret or ConfigMap in the same file, else the user's own variable of that name."""
    name, key = reference.get("name", ""), reference["key"]
    value = lookup(kind, name, key)
    if value is None:
        value = own.get(variable)
    if value is None and not reference.get("optional"):
        raise RefusedError(
            f"environment variable `{variable}` comes from key `{key}` of {kind} `{name}`, which a run without a "
            f"cluster does not have. Set `{variable}` in your environment or in a file (--env-file FILE), or put the "
            f"{kind} into the file of the sweep"
        )
    return value


def _with_place(work: str, place: Place) -> str:
    """Replace the container's checkpoint path, which is a path of the whole machine, by one of the run."""
    config = WorkerConfig.from_json(work)
    if config.checkpoints is None:
        return work
    return replace(config, checkpoints=replace(config.checkpoints, path=place.checkpoints)).to_json()


def _bytes(limit: Any) -> int:
    try:
        return amount(limit)
    except ValueError as error:
        raise RefusedError(f"`resources.limits.memory` of the container `{TRIAL_CONTAINER}`: {error}") from None
