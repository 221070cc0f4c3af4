"""The schema's defaults, filled in where a document is silent. Pure; called by `check`."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any


def defaulted(value: Any, part: Mapping[str, Any]) -> Any:
    """A copy with defaults. A null where there is a default counts as silence, as the API server has it."""
    if isinstance(value, list):
        return [defaulted(item, part.get("items", {})) for item in value]
    if not isinstance(value, Mapping):
        return value
    properties, rest = part.get("properties", {}), part.get("additionalProperties")
    others = rest if isinstance(rest, Mapping) else {}
    filled = {}
    for name, item in value.items():
        inner = properties.get(name, others)
        if item is None and "default" in inner:
            continue
        filled[name] = defaulted(item, inner)
    for name, inner in properties.items():
        if name not in filled and "default" in inner:
            filled[name] = defaulted(copy.deepcopy(inner["default"]), inner)
    return filled
