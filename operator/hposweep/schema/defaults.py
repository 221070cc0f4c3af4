"""Fill in the schema's defaults for absent fields, or remove them. Pure; called by `check` and `cli.analysis_job`."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any


def with_defaults(value: Any, part: Mapping[str, Any]) -> Any:
    """Return a copy with defaults. A null counts as absent where there is a default, as in the API server."""
    if isinstance(value, list):
        return [with_defaults(item, part.get("items", {})) for item in value]
    if not isinstance(value, Mapping):
        return value
    properties, additional = part.get("properties", {}), part.get("additionalProperties")
    additional = additional if isinstance(additional, Mapping) else {}
    complete = {}
    for name, item in value.items():
        inner = properties.get(name, additional)
        if item is None and "default" in inner:
            continue
        complete[name] = with_defaults(item, inner)
    for name, inner in properties.items():
        if name not in complete and "default" in inner:
            complete[name] = with_defaults(copy.deepcopy(inner["default"]), inner)
    return complete


def without_defaults(value: Any, part: Mapping[str, Any]) -> Any:
    """Return a copy without the fields that `with_defaults` would fill in again: what a person would have typed."""
    if isinstance(value, list):
        return [without_defaults(item, part.get("items", {})) for item in value]
    if not isinstance(value, Mapping):
        return value
    properties, additional = part.get("properties", {}), part.get("additionalProperties")
    additional = additional if isinstance(additional, Mapping) else {}
    short = {}
    for name, item in value.items():
        inner = properties.get(name, additional)
        if "default" in inner and item == with_defaults(inner["default"], inner):
            continue
        short[name] = without_defaults(item, inner)
    return short
