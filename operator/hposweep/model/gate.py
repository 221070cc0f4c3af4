"""One condition that must hold before workers start. Made by `judge`, read by `plan` and `report`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """Open or closed, with the reason and the message of its condition."""

    is_open: bool
    reason: str
    message: str
