"""Check types, bounds and unknown fields with `jsonschema`: the structural half of `check`, which calls it. Pure."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from hposweep.schema.path import format_path
from hposweep.text import truncate

# The sentence for each keyword; {limit} is the keyword's value in the schema.
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
_MAX_VALUE_CHARACTERS = 60
# Of `ObjectMeta`, which the API server reads before it looks at the CRD, and without it.
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_METADATA = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("name", "generateName", "namespace")},
        "labels": _TEXTS,
        "annotations": _TEXTS,
    },
}


def resource_faults(resource: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield each fault of a resource and of its metadata, in the order of the document."""
    strict = _strict(schema)
    strict.setdefault("properties", {})["metadata"] = _METADATA
    yield from _faults(resource, strict, schema)
    metadata = resource.get("metadata")
    if not isinstance(metadata, Mapping) or not (metadata.get("name") or metadata.get("generateName")):
        yield f"{format_path(('metadata', 'name'))}: Required value"


def structural_faults(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield each fault of a part that has no metadata, such as a status or a pod template."""
    yield from _faults(part, _strict(schema), schema)


def _faults(document: Mapping[str, Any], strict: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    validator = Draft202012Validator(strict)
    for error in sorted(validator.iter_errors(document), key=lambda error: [str(part) for part in error.absolute_path]):
        yield from _sentences(error)
    yield from _duplicates(document, schema, ())


def _strict(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same schema with unknown fields forbidden, as Kubernetes does and a JSON schema does not."""
    strict: dict[str, Any] = {
        key: value for key, value in part.items() if key in _LIMITS or key in ("type", "enum", "required")
    }
    if part.get("x-kubernetes-int-or-string"):
        strict["type"] = ["integer", "string"]
    if "items" in part:
        strict["items"] = _strict(part["items"])
    if isinstance(part.get("additionalProperties"), Mapping):
        strict["additionalProperties"] = _strict(part["additionalProperties"])
    if "properties" in part:
        strict["properties"] = {name: _strict(inner) for name, inner in part["properties"].items()}
        if not part.get("x-kubernetes-preserve-unknown-fields"):
            strict.setdefault("additionalProperties", False)
    return strict


def _sentences(error: ValidationError) -> Iterator[str]:
    path, value, limit = tuple(error.absolute_path), error.instance, error.validator_value
    match error.validator:
        case "required":
            # jsonschema raises one error for each missing field, and names it only in its text.
            yield from (
                f"{format_path((*path, name))}: Required value"
                for name in limit
                if repr(name) in error.message.split(" is ")[0]
            )
        case "additionalProperties":
            fields = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
            allowed = ", ".join(fields) or "none"
            for name in value:
                if name not in fields:
                    field = format_path((*path, name))
                    yield f'{format_path(path)}: unknown field "{field}"; the allowed fields are {allowed}'
        case "type":
            kinds = limit if isinstance(limit, str) else " or ".join(limit)
            yield f"{format_path(path)}: must be of type {kinds}, not {_format_value(value)}"
        case "enum":
            words = ", ".join(json.dumps(word) for word in limit)
            yield f"{format_path(path)}: is {_format_value(value)}; supported values: {words}{_similar(value, limit)}"
        case "maxProperties" if limit == 0:
            kinds = "a string, a number, a boolean, null or a list of them"
            yield f"{format_path(path)}: is {_format_value(value)}; must be {kinds}"
        case keyword:
            sentence = _LIMITS.get(str(keyword), error.message).format(limit=limit)
            actual = "" if isinstance(value, list | Mapping) else f" is {_format_value(value)};"
            yield f"{format_path(path)}:{actual} {sentence}"


def _similar(value: Any, words: Sequence[Any]) -> str:
    """Return the word that was probably meant, as the end of a sentence."""
    by_lower_case = {str(word).lower(): word for word in words}
    similar = difflib.get_close_matches(str(value).lower(), by_lower_case, n=1)
    return f"; did you mean {json.dumps(by_lower_case[similar[0]])}?" if similar else ""


def _duplicates(value: Any, part: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[str]:
    """Yield each item that appears earlier in its list, by its name where the schema gives items names."""
    if isinstance(value, list):
        keys: Sequence[str] = part.get("x-kubernetes-list-map-keys", ())
        is_set = part.get("x-kubernetes-list-type") == "set"
        names: set[str] = set()
        for position, item in enumerate(value):
            if is_set or (keys and isinstance(item, Mapping)):
                name = json.dumps([item] if is_set else [item.get(key) for key in keys], default=str)
                if name in names:
                    yield f"{format_path((*path, position))}: Duplicate value {name[1:-1]}"
                names.add(name)
            yield from _duplicates(item, part.get("items", {}), (*path, position))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _duplicates(item, part.get("properties", {}).get(name, {}), (*path, name))


def _format_value(value: Any) -> str:
    return truncate(json.dumps(value, default=str), _MAX_VALUE_CHARACTERS)
