"""The Secrets and ConfigMaps that a pod of the sweep needs. Called by `observe`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hposweep.api.object_names import is_object_name
from hposweep.api.storage import StorageSpec
from hposweep.api.sweep import Sweep

SECRET, CONFIG_MAP = "Secret", "ConfigMap"
# More are not watched, because each costs a request per pass while a failed gate waits.
MAX_REFERENCES = 16
_KINDS = {"secretRef": SECRET, "secretKeyRef": SECRET, "configMapRef": CONFIG_MAP, "configMapKeyRef": CONFIG_MAP}


def references(sweep: Sweep) -> tuple[tuple[str, str], ...]:
    """Return kind and name of each object, once; the ConfigMap of the code, which `observe` reads itself, is not one.

    The template may have any shape, because the CRD leaves it to Kubernetes.
    """
    spec = sweep.spec.workers.template.get("spec")
    of_pod = _of_pod(spec) if isinstance(spec, Mapping) else ()
    database = _of_database(sweep.spec.study.storage)
    valid = ((kind, name) for kind, name in of_pod if isinstance(name, str) and is_object_name(name))
    return tuple(dict.fromkeys([*database, *valid]))[:MAX_REFERENCES]


def _of_database(storage: StorageSpec) -> Iterator[tuple[str, str]]:
    yield SECRET, storage.secret_ref.name
    ca = storage.tls.ca_ref if storage.tls is not None else None
    if ca is not None:
        yield ca.kind, ca.reference.name


def _of_pod(spec: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for volume in _mappings(spec.get("volumes")):
        yield from _of_volume(volume, "secretName")
        projected = volume.get("projected")
        for source in _mappings(projected.get("sources") if isinstance(projected, Mapping) else None):
            yield from _of_volume(source, "name")
    for container in (*_mappings(spec.get("initContainers")), *_mappings(spec.get("containers"))):
        sources = (variable.get("valueFrom") for variable in _mappings(container.get("env")))
        for source in (*_mappings(container.get("envFrom")), *_mappings(list(sources))):
            yield from ((kind, block.get("name")) for key, kind in _KINDS.items() if (block := _block(source, key)))
    yield from ((SECRET, entry.get("name")) for entry in _mappings(spec.get("imagePullSecrets")))


def _of_volume(volume: Mapping[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    yield SECRET, _block(volume, "secret").get(key)
    yield CONFIG_MAP, _block(volume, "configMap").get("name")


def _block(entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = entry.get(key)
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
