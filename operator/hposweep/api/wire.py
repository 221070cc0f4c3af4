"""Between frozen dataclasses and the JSON of the Kubernetes API, in both directions, by the classes' own types.

`spec` and `status` use it, so that a field is declared once. Names are snake_case here and camelCase there; a trailing
underscore (`float_`, `in_`) only keeps Python's words free. Absent and None are the same thing.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
# Most values of a large spec: none needs a look at its class.
_LEAVES = frozenset((str, int, float, bool, types.NoneType))
_PLAIN_HINTS = frozenset((str, int, bool, Any))


def wire_name(name: str) -> str:
    """Return the name in JSON: `max_trials` becomes `maxTrials`, `float_` becomes `float`."""
    head, *words = name.removesuffix("_").split("_")
    return head + "".join(word.capitalize() for word in words)


def to_wire(value: Any) -> Any:
    """Return a copy of a dataclass, or of a value in it, as JSON; times become RFC 3339 in UTC, whole seconds."""
    kind = type(value)
    if kind in _LEAVES:
        return value
    if isinstance(value, list | tuple):
        return [item if type(item) in _LEAVES else to_wire(item) for item in value]
    if isinstance(value, Mapping):
        return {key: item if type(item) in _LEAVES else to_wire(item) for key, item in value.items()}
    if is_dataclass(kind):
        items = ((wire, getattr(value, name)) for name, wire in _names(kind))
        return {name: to_wire(item) for name, item in items if item is not None}
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def from_wire(cls: type[T], data: Mapping[str, Any]) -> T:
    """Build a dataclass from the API's JSON, and ignore keys that the class does not have.

    Raises KeyError with the wire name of a field that is required and absent: the CRD's schema lets none through.
    """
    hints, arguments = _hints(cls), {}  # type: ignore[arg-type]  # classes are hashable; T hides it
    for name, wire in _names(cls):  # type: ignore[arg-type]  # the same
        if data.get(wire) is not None:
            arguments[name] = _read(hints[name], data[wire])
        elif wire in _required(cls):  # type: ignore[arg-type]  # the same
            raise KeyError(wire)
    return cls(**arguments)


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


@cache
def _names(cls: type) -> tuple[tuple[str, str], ...]:
    """Return the name of each field, here and in JSON."""
    return tuple((field.name, wire_name(field.name)) for field in fields(cls))


@cache
def _required(cls: type) -> frozenset[str]:
    absent = (field for field in fields(cls) if field.default is MISSING and field.default_factory is MISSING)
    return frozenset(wire_name(field.name) for field in absent)


def _read(hint: Any, value: Any) -> Any:
    if hint in _PLAIN_HINTS:
        return value
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        member = next((item for item in arguments if is_dataclass(item)), arguments[0])
        return _read(member, value) if arguments[-1] is types.NoneType else value
    if origin is tuple:
        if arguments[0] is Any:
            return tuple(map(_frozen, value))
        return tuple(value) if arguments[0] in _PLAIN_HINTS else tuple(_read(arguments[0], item) for item in value)
    if origin is Mapping:
        return {key: _read(arguments[1], item) for key, item in value.items()}
    if is_dataclass(hint):
        return from_wire(hint, value)  # type: ignore[arg-type]  # is_dataclass narrows to an instance as well
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is float:
        return float(value)
    return value


def _frozen(value: Any) -> Any:
    """Return a tuple for a list, so that choices can be compared and counted."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
