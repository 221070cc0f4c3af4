"""The CRD's CEL rules: the conditions that the OpenAPI schema alone cannot express. Pure; called by `check`.

A rule that mentions `oldSelf` compares a sweep with its stored version; it applies only when there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from hposweep.schema import engine
from hposweep.schema.path import format_path

_OLD = re.compile(r"\boldSelf\b")
_ABSENT = object()
# CEL integers have 64 bits.
_MIN_INT, _MAX_INT = -(2**63), 2**63 - 1
# A rule raises one of these where a field or an item is missing or has a wrong type: `structure` reports that already.
# RuntimeError is the library's error for a method that the operand's type does not have.
_OPERAND_ERRORS = (LookupError, TypeError, RuntimeError)
Path = tuple[str | int, ...]


def broken_rules(new: Any, old: Any, part: Mapping[str, Any], path: Path = ()) -> Iterator[str]:
    """Yield the message of each rule that does not hold. `old` is None for a new sweep."""
    return _broken(new, _ABSENT if old is None else old, part, path)


def _broken(new: Any, old: Any, part: Mapping[str, Any], path: Path) -> Iterator[str]:
    if isinstance(new, list) and len(new) > part.get("maxItems", len(new)):
        return  # `structure` reports the length, and rules that compare each item with each other would take long
    for rule in part.get("x-kubernetes-validations", ()):
        if _breaks(rule["rule"], new, old, part):
            yield f"{format_path(path)}: {rule['message']}"
    for name, inner_new, inner_old, inner in _children(new, old, part):
        yield from _broken(inner_new, inner_old, inner, (*path, name))


def _children(new: Any, old: Any, part: Mapping[str, Any]) -> Iterator[tuple[str | int, Any, Any, Mapping[str, Any]]]:
    if isinstance(new, list):
        for position, item in enumerate(new):
            yield position, item, _counterpart(item, old, part), part.get("items", {})
    elif isinstance(new, Mapping):
        additional = part.get("additionalProperties")
        for name, item in new.items():
            inner = part.get("properties", {}).get(name, additional if isinstance(additional, Mapping) else None)
            if inner is not None:
                counterpart = old.get(name, _ABSENT) if isinstance(old, Mapping) else _ABSENT
                yield name, item, counterpart, inner


def _counterpart(item: Any, old: Any, part: Mapping[str, Any]) -> Any:
    """Return the stored item with the same keys. Without keys in the schema, items of a list have no identity."""
    keys = part.get("x-kubernetes-list-map-keys")
    if not keys or not isinstance(old, list) or not isinstance(item, Mapping):
        return _ABSENT
    matches = (other for other in old if all(other.get(key) == item.get(key) for key in keys))
    return next(matches, _ABSENT)


def _breaks(rule: str, new: Any, old: Any, part: Mapping[str, Any]) -> bool:
    variables = {"self": _operand(new, part)}
    if _OLD.search(rule):
        if old is _ABSENT:
            return False
        variables["oldSelf"] = _operand(old, part)
    program = _program(rule)
    try:
        return not program.execute(variables)
    except _OPERAND_ERRORS:
        return False


@cache
def _program(rule: str) -> engine.Program:
    return engine.compile(rule)


def _operand(value: Any, part: Mapping[str, Any]) -> Any:
    """Convert numbers to the type that the schema declares: CEL does no arithmetic between an integer and a double."""
    if isinstance(value, Mapping):
        additional = part.get("additionalProperties")
        additional = additional if isinstance(additional, Mapping) else {}
        properties = part.get("properties", {})
        # Keys are text in JSON; YAML also reads numbers and dates.
        return {str(name): _operand(item, properties.get(name, additional)) for name, item in value.items()}
    if isinstance(value, list):
        return [_operand(item, part.get("items", {})) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        # Beyond 64 bits, Go's JSON reader takes a double. Text instead of `float(value)`: that overflows for 10**400.
        is_double = part.get("type") == "number" or not _MIN_INT <= value <= _MAX_INT
        return float(str(value)) if is_double else value
    return value
