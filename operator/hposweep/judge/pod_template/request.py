"""One field of a template that needs a setting, and readers of values that may have any shape.

The CRD leaves the shape of a pod to Kubernetes. A value of another shape is not read here, because the API server
refuses the Job for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.allowed_pods import PodField

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PodRequest:
    """`field` is the name in the setting; None for a service account, which has a setting of its own."""

    field: PodField | None
    path: str  # in the spec of the sweep
    value: Any
    allowed: str  # what needs no setting


def mapping(value: Any) -> Json:
    """Return the value, or an empty mapping when it is none."""
    return value if isinstance(value, Mapping) else {}


def entries(value: Any, path: str) -> Iterator[tuple[str, Json]]:
    """Yield path and value of each mapping in a list."""
    for position, entry in enumerate(value if isinstance(value, list) else ()):
        if isinstance(entry, Mapping):
            yield f"{path}[{position}]", entry


def is_set(value: Any) -> bool:
    """Return whether a field asks for something: it is there, and no false, zero or empty value."""
    return value is not None and value is not False and value not in (0, "")
