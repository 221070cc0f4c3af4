"""A key of a Secret, as `spec` names it wherever a value must not stand in the spec itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretKey:
    """One key of a Secret in the sweep's own namespace."""

    name: str
    key: str
