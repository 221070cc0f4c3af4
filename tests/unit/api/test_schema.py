"""The dataclasses and the CRD's schema declare the same fields with the same defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
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


# A pod template is Kubernetes' own object and stays JSON.
RAW = ("spec.workers.template.", "spec.champions.template.")


@pytest.mark.parametrize(("cls", "block"), [(Spec, "spec"), (Status, "status")])
def test_every_field_is_in_the_schema_and_every_property_is_read(cls: type, block: str) -> None:
    properties = described(schema()["properties"][block], block)
    assert declared(cls, block) == {path for path in properties if not path.startswith(RAW)}


def leaves(
    cls: type, part: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, Field[Any], Mapping[str, Any], bool]]:
    """Yield each field with its property in the schema, and whether the schema requires it."""
    while inner := part.get("items") or part.get("additionalProperties"):
        part = inner
    hints = get_type_hints(cls)
    for field in fields(cls):
        name = wire_name(field.name)
        path, item = f"{prefix}.{name}", part["properties"][name]
        yield path, field, item, name in part.get("required", [])
        for nested in _dataclasses(hints[field.name]):
            yield from leaves(nested, item, path)


LEAVES = {path: rest for path, *rest in leaves(Spec, schema()["properties"]["spec"], "spec")}


@pytest.mark.parametrize("path", LEAVES)
def test_a_default_is_the_schema_s(path: str) -> None:
    """The dataclasses repeat the defaults for files that the schema has not seen."""
    field, item, is_required = LEAVES[path]
    if field.default is MISSING and field.default_factory is MISSING:
        assert is_required or "default" in item, "the schema sets it or requires it"
    else:
        default = field.default if field.default_factory is MISSING else field.default_factory()
        assert _plain(default) == (item.get("default") or None if _is_block(item) else item.get("default"))


def test_defaults_of_blocks_are_those_of_their_fields() -> None:
    """`{}` in the schema fills the block with the defaults of its fields, as calling the class does."""
    blocks = {path: field.default for path, (field, _, _) in LEAVES.items() if is_dataclass(field.default)}
    assert set(blocks) == {"spec.budget", "spec.decisionPoints.ask", "spec.health"}
    assert all(block == type(block)() for block in blocks.values())


def _is_block(item: Mapping[str, Any]) -> bool:
    return item.get("type") in ("object", "array")


def _plain(default: Any) -> Any:
    """As the schema spells it; an empty block, list or map is none."""
    return None if is_dataclass(default) or default in ((), {}) else default
