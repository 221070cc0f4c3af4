"""Validate a sweep as the API server would, and return the document that it would store. Called by `cli`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.schema.crd import schema
from hposweep.schema.defaults import with_defaults
from hposweep.schema.rules import broken_rules
from hposweep.schema.structure import resource_faults


@dataclass(frozen=True, slots=True)
class Checked:
    """The document with its defaults, and all of its faults, each as `path: sentence`."""

    document: Mapping[str, Any]
    faults: tuple[str, ...]


def check(document: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Checked:
    """Return the sweep with defaults and its faults. `before` is its stored version: immutable fields must be equal."""
    root = schema()
    complete = with_defaults(document, root)
    faults = (*resource_faults(complete, root), *broken_rules(complete, before, root))
    return Checked(complete, tuple(dict.fromkeys(faults)))
