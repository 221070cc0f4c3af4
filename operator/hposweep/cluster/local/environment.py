"""The environment of a worker: the variables of the container `trial` in its manifest, with this machine's values.

Pure; called by `cluster` to start a worker and for a dry run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hposweep.api.names import TRIAL_CONTAINER
from hposweep.cluster.local.gpus import VISIBLE_ENV
from hposweep.cluster.local.quantity import amount
from hposweep.cluster.protocol import RefusedError
from hpotrial import protocol
from hpotrial.protocol.baseline import BaselineConfig
from hpotrial.protocol.command import expand
from hpotrial.protocol.config import WorkerConfig
from hpotrial.protocol.preflight import PreflightConfig

_KEYS = {"secretKeyRef": "Secret", "configMapKeyRef": "ConfigMap"}
_OBJECTS = {"secretRef": "Secret", "configMapRef": "ConfigMap"}


@dataclass(frozen=True, slots=True)
class Provided:
    """What a run has in place of a cluster's Secrets, ConfigMaps and fields of a pod."""

    # Returns the texts of a Secret or a ConfigMap by kind (`Secret`) and name; None when the sweep's file has it not.
    texts: Callable[[str, str], Mapping[str, str] | None]
    own: Mapping[str, str] = field(default_factory=dict)  # the user's variables, with those of `--env-file`
    env_file: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A Secret or a ConfigMap, all of whose keys become variables."""

    kind: str
    name: str
    prefix: str
    is_optional: bool


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
    held_gpus: float = 0.0  # a fraction where workers share them


def environment(manifest: Mapping[str, Any], index: int, place: Place, provided: Provided) -> dict[str, str]:
    """Build the variables, as a kubelet does. Raises RefusedError for a value that this machine cannot provide."""
    container = trial_container(manifest)
    values = _whole_objects(container, provided)
    for variable in container.get("env") or ():
        value = _value(variable, place, provided, values)
        if value is not None:
            values[variable["name"]] = value
    if protocol.WORK_ENV in values:
        values[protocol.WORK_ENV] = _with_place(values[protocol.WORK_ENV], place)
    if protocol.BASELINE_ENV in values:
        config = BaselineConfig.from_json(values[protocol.BASELINE_ENV])
        values[protocol.BASELINE_ENV] = replace(config, work=_with_place(config.work, place)).to_json()
    if protocol.PREFLIGHT_ENV in values:
        values[protocol.PREFLIGHT_ENV] = _checks_with_place(values[protocol.PREFLIGHT_ENV], place)
    values |= {
        protocol.SOURCE_PATH_ENV: place.source,
        protocol.WORKER_INDEX_ENV: str(index),
        protocol.TERMINATION_MESSAGE_PATH_ENV: place.message,
    }
    values.pop(protocol.GPUS_ENV, None)
    if place.held_gpus:
        values[protocol.GPUS_ENV] = f"{place.held_gpus:.10g}"
    if place.gpus:
        values.setdefault(VISIBLE_ENV, ",".join(place.gpus))
    limit = ((container.get("resources") or {}).get("limits") or {}).get("memory")
    if limit is not None:
        values[protocol.MEMORY_BYTES_ENV] = str(_bytes(limit))
    return values


def trial_container(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    containers = manifest["spec"]["template"]["spec"]["containers"]
    return next(container for container in containers if container["name"] == TRIAL_CONTAINER)


def sources(container: Mapping[str, Any]) -> Iterator[Source]:
    """Yield the objects of `envFrom`, in their order."""
    for source in container.get("envFrom") or ():
        for reference, kind in _OBJECTS.items():
            if source.get(reference) is not None:
                block = source[reference]
                yield Source(kind, block.get("name", ""), source.get("prefix") or "", bool(block.get("optional")))


def _whole_objects(container: Mapping[str, Any], provided: Provided) -> dict[str, str]:
    """Return the variables of `envFrom`. `--env-file` stands in for an object that the file of the sweep has not.

    Your own environment does so as well, because workers inherit it.
    """
    objects = [(provided.texts(source.kind, source.name), source.prefix) for source in sources(container)]
    values = dict(provided.env_file) if any(texts is None for texts, _ in objects) else {}
    for texts, prefix in objects:
        values |= {f"{prefix}{key}": text for key, text in (texts or {}).items()}
    return values


def _value(variable: Mapping[str, Any], place: Place, provided: Provided, earlier: Mapping[str, str]) -> str | None:
    name, source = variable["name"], variable.get("valueFrom")
    if source is None:
        return expand(variable.get("value") or "", earlier.get)
    for reference, kind in _KEYS.items():
        if source.get(reference) is not None:
            return _key_value(name, kind, source[reference], provided)
    fields = {
        "metadata.name": place.pod,
        "metadata.uid": place.uid,
        "metadata.namespace": place.namespace,
        "spec.nodeName": place.node,
    }
    path = (source.get("fieldRef") or {}).get("fieldPath")
    value = fields[path] if path in fields else provided.own.get(name)
    if value is None:
        supported = ", ".join((*_KEYS, *(f"fieldRef {field}" for field in fields)))
        raise RefusedError(
            f"environment variable `{name}` comes from {json.dumps(source)}, which a run without a cluster does not "
            f"have (it supports {supported}). {_advice(name)}"
        )
    return value


def _key_value(variable: str, kind: str, reference: Mapping[str, Any], provided: Provided) -> str | None:
    """Return the text of a Secret or ConfigMap in the same file, else the user's own variable of that name."""
    name, key = reference.get("name", ""), reference["key"]
    value = (provided.texts(kind, name) or {}).get(key)
    if value is None:
        value = provided.own.get(variable)
    if value is None and not reference.get("optional"):
        raise RefusedError(
            f"environment variable `{variable}` comes from key `{key}` of {kind} `{name}`, which a run without a "
            f"cluster does not have. {_advice(variable)}, or put the {kind} into the file of the sweep"
        )
    return value


def _advice(variable: str) -> str:
    return f"Set `{variable}` in your environment or in a file (--env-file FILE)"


def _with_place(work: str, place: Place) -> str:
    """Replace the container's checkpoint path, which is a path of the whole machine, by one of the run."""
    config = WorkerConfig.from_json(work)
    if config.checkpoints is None:
        return work
    disk = {name: place.checkpoints if path == config.checkpoints.path else path for name, path in config.disk.items()}
    return replace(config, checkpoints=replace(config.checkpoints, path=place.checkpoints), disk=disk).to_json()


def _checks_with_place(text: str, place: Place) -> str:
    """Do the same for the checks of a preflight: free space for checkpoints is that of the run's folder."""
    config = PreflightConfig.from_json(text)
    checkpoints = WorkerConfig.from_json(config.work).checkpoints
    disk = [
        {**entry, "path": place.checkpoints} if checkpoints is not None and entry["path"] == checkpoints.path else entry
        for entry in config.preflight.get("disk") or ()
    ]
    return PreflightConfig({**config.preflight, "disk": disk}, _with_place(config.work, place)).to_json()


def _bytes(limit: Any) -> int:
    try:
        return amount(limit)
    except ValueError as error:
        raise RefusedError(f"`resources.limits.memory` of the container `{TRIAL_CONTAINER}`: {error}") from None
