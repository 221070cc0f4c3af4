"""The dataclasses and the CRD's schema declare the same fields: neither may run ahead of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest

from hposweep.api.spec import Spec
from hposweep.api.status import Status
from hposweep.api.wire import wire_name
from hposweep.schema.crd import schema


def declared(cls: type, prefix: str) -> set[str]:
    """Paths of all fields of a dataclass and of the dataclasses within it, in wire names."""
    paths = set()
    hints = get_type_hints(cls)
    for field in fields(cls):
        path = f"{prefix}.{wire_name(field.name)}"
        paths.add(path)
        for inner in _dataclasses(hints[field.name]):
            paths |= declared(inner, path)
    return paths


def _dataclasses(hint: Any) -> list[type]:
    if is_dataclass(hint) and isinstance(hint, type):
        return [hint]
    return [found for argument in get_args(hint) for found in _dataclasses(argument)]


def described(part: Mapping[str, Any], prefix: str) -> set[str]:
    """Paths of all properties of a schema; items and values of maps count as their parent."""
    paths = set()
    for name, inner in part.get("properties", {}).items():
        paths |= {f"{prefix}.{name}"} | described(inner, f"{prefix}.{name}")
    for inner in (part.get("items"), part.get("additionalProperties")):
        if isinstance(inner, Mapping):
            paths |= described(inner, prefix)
    return paths


# The pod template is Kubernetes' own object and stays JSON.
RAW = "spec.workers.template."


@pytest.mark.parametrize(("cls", "block"), [(Spec, "spec"), (Status, "status")])
def test_every_field_is_in_the_schema_and_every_property_is_read(cls: type, block: str) -> None:
    properties = described(schema()["properties"][block], block)
    assert declared(cls, block) == {path for path in properties if not path.startswith(RAW)}
