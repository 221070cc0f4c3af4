"""The pod template on this machine: refuse what a cluster would refuse, and say what a run leaves out.

`cluster` refuses in a dry run; `cli.run.start` says the rest. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from hposweep.api.names import TRIAL_CONTAINER
from hposweep.api.sweep import Sweep
from hposweep.cluster.local.documents import Documents
from hposweep.cluster.local.environment import sources
from hposweep.cluster.protocol import RefusedError
from hposweep.schema.structure import structural_faults

_TEXT = {"type": "string"}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object whose other fields are not read here."""
    return {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
        "required": list(required),
        "properties": properties,
    }


def _list(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": _object(*list(properties)[:1], **properties)}


_REFERENCE, _KEY = _object("name", name=_TEXT), _object("key", "name", name=_TEXT, key=_TEXT)
_VALUE_FROM = _object(secretKeyRef=_KEY, configMapKeyRef=_KEY, fieldRef=_object("fieldPath", fieldPath=_TEXT))
# The fields of a pod that a run reads. A cluster would refuse other shapes of them.
_CONTAINER = _object(
    env=_list(name=_TEXT, value=_TEXT, valueFrom=_VALUE_FROM),
    envFrom={"type": "array", "items": _object(prefix=_TEXT, secretRef=_REFERENCE, configMapRef=_REFERENCE)},
    volumeMounts=_list(name=_TEXT, mountPath=_TEXT),
    resources=_object(limits=_object()),
)
_POD = _object(
    containers={"type": "array", "items": _CONTAINER},
    initContainers=_list(name=_TEXT),
    volumes=_list(name=_TEXT),
    terminationGracePeriodSeconds={"type": "integer"},
)


def refuse_other_shapes(template: Mapping[str, Any]) -> None:
    """Raise RefusedError when a field that a run reads has another shape than Kubernetes demands."""
    faults = _faults(template)
    if faults:
        raise RefusedError("; ".join(faults))


def left_out(sweep: Sweep, documents: Documents, has_env_file: bool, exists: Callable[[str], bool]) -> Iterator[str]:
    """Yield a sentence for each part of the template that a run leaves out, and what to do."""
    if _faults(sweep.spec.workers.template):
        return  # it is refused
    pod = sweep.spec.workers.template["spec"]
    container = next(entry for entry in pod["containers"] if entry.get("name") == TRIAL_CONTAINER)
    for source in sources(container):
        if documents.texts(source.kind, source.name) is None and not source.is_optional:
            stand_in = "--env-file and your environment" if has_env_file else "your environment"
            yield (
                f"`envFrom`: {source.kind} `{source.name}` is not in {documents.source}, so {stand_in} must have its "
                f"variables. Put the {source.kind} into the file, or its variables into one (--env-file FILE)"
            )
    yield from _volumes(pod, container, sweep, exists)
    others = [
        entry["name"]
        for block in ("initContainers", "containers")
        for entry in pod.get(block) or ()
        if entry.get("name") != TRIAL_CONTAINER
    ]
    if others:
        yield f"not started: {', '.join(f'`{name}`' for name in others)}; a run has only the container `trial`"


def _volumes(
    pod: Mapping[str, Any], container: Mapping[str, Any], sweep: Sweep, exists: Callable[[str], bool]
) -> Iterator[str]:
    kinds = {volume["name"]: _kind(volume) for volume in pod.get("volumes") or ()}
    checkpoints = sweep.spec.workers.checkpoints
    for mount in container.get("volumeMounts") or ():
        path = str(mount.get("mountPath"))
        holds_checkpoints = checkpoints is not None and PurePath(checkpoints.path).is_relative_to(path)
        if not holds_checkpoints and not exists(path):  # checkpoints go to the folder of the run
            name = mount["name"]
            yield (
                f"`{path}` does not exist, and the volume `{name}` ({kinds.get(name, 'unknown')}) is not mounted. "
                "Create the folder, or give your code another path"
            )


def _faults(template: Mapping[str, Any]) -> list[str]:
    return list(structural_faults(_without_nulls({"spec": template["spec"]}), _object(spec=_POD)))


def _kind(volume: Mapping[str, Any]) -> str:
    return next((key for key in volume if key != "name"), "emptyDir")


def _without_nulls(value: Any) -> Any:
    """Return the value without fields that are null, which counts as absent."""
    if isinstance(value, Mapping):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
