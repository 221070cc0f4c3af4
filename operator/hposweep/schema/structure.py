"""Types, bounds and unknown fields: the structural half of the check, by `jsonschema`. Pure; called by `check`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from hposweep.schema.path import place
from hposweep.text import truncate

# How each keyword's refusal reads; {limit} is what the schema says.
_LIMITS = {
    "minimum": "must be greater than or equal to {limit}",
    "maximum": "must be less than or equal to {limit}",
    "minLength": "must be at least {limit} chars long",
    "maxLength": "must be at most {limit} chars long",
    "minItems": "must have at least {limit} items",
    "maxItems": "must have at most {limit} items",
    "minProperties": "must have at least {limit} items",
    "maxProperties": "must have at most {limit} items",
    "pattern": "must match {limit}",
}
_SHOWN_CHARACTERS = 60


def structural_faults(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """Every fault, in the order of the document."""
    validator = Draft202012Validator(_closed(schema))
    for error in sorted(validator.iter_errors(document), key=lambda error: [str(part) for part in error.absolute_path]):
        yield from _sentences(error)
    yield from _duplicates(document, schema, ())


def _closed(part: Mapping[str, Any]) -> dict[str, Any]:
    """The same schema for a validator that takes unknown fields for granted: Kubernetes does not."""
    closed: dict[str, Any] = {
        key: value for key, value in part.items() if key in _LIMITS or key in ("type", "enum", "required")
    }
    if part.get("x-kubernetes-int-or-string"):
        closed["type"] = ["integer", "string"]
    if "items" in part:
        closed["items"] = _closed(part["items"])
    if isinstance(part.get("additionalProperties"), Mapping):
        closed["additionalProperties"] = _closed(part["additionalProperties"])
    if "properties" in part:
        closed["properties"] = {name: _closed(inner) for name, inner in part["properties"].items()}
        if not part.get("x-kubernetes-preserve-unknown-fields"):
            closed.setdefault("additionalProperties", False)
    return closed


def _sentences(error: ValidationError) -> Iterator[str]:
    path, value, limit = tuple(error.absolute_path), error.instance, error.validator_value
    match error.validator:
        case "required":
            # jsonschema makes one error for each missing field, and names it only in its text.
            yield from (
                f"{place((*path, name))}: Required value"
                for name in limit
                if repr(name) in error.message.split(" is ")[0]
            )
        case "additionalProperties":
            known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
            allowed = ", ".join(known) or "none"
            for name in value:
                if name not in known:
                    yield f'{place(path)}: unknown field "{place((*path, name))}"; the fields here are {allowed}'
        case "type":
            kinds = limit if isinstance(limit, str) else " or ".join(limit)
            yield f"{place(path)}: must be of type {kinds}, not {_shown(value)}"
        case "enum":
            words = ", ".join(json.dumps(word) for word in limit)
            yield f"{place(path)}: is {_shown(value)}; supported values: {words}"
        case keyword:
            sentence = _LIMITS.get(str(keyword), error.message).format(limit=limit)
            shown = "" if isinstance(value, list | Mapping) else f" is {_shown(value)};"
            yield f"{place(path)}:{shown} {sentence}"


def _duplicates(value: Any, part: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[str]:
    """A list whose items have names: no name twice."""
    if isinstance(value, list):
        keys: Sequence[str] = part.get("x-kubernetes-list-map-keys", ())
        seen: set[str] = set()
        for position, item in enumerate(value):
            if keys and isinstance(item, Mapping):
                name = json.dumps([item.get(key) for key in keys])
                if name in seen:
                    yield f"{place((*path, position))}: Duplicate value {name[1:-1]}"
                seen.add(name)
            yield from _duplicates(item, part.get("items", {}), (*path, position))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _duplicates(item, part.get("properties", {}).get(name, {}), (*path, name))


def _shown(value: Any) -> str:
    return truncate(json.dumps(value, default=str), _SHOWN_CHARACTERS)
