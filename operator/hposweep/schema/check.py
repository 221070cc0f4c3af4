"""Would the API server take this sweep, and what would it store? The one door of this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.schema.crd import schema
from hposweep.schema.defaults import defaulted
from hposweep.schema.rules import broken_rules
from hposweep.schema.structure import structural_faults


@dataclass(frozen=True, slots=True)
class Checked:
    """The document with its defaults, and all that speaks against it: each `place: sentence`."""

    document: Mapping[str, Any]
    faults: tuple[str, ...]


def check(document: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Checked:
    """`before` is the same sweep as it was stored last, when there is one: then what is immutable must be equal."""
    whole = schema()
    filled = defaulted(document, whole)
    faults = (*structural_faults(filled, whole), *broken_rules(filled, before, whole))
    return Checked(filled, tuple(dict.fromkeys(faults)))
