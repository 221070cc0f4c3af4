"""A Kubernetes Event about a sweep. Made by `report`, posted by `apply`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One Kubernetes Event about the sweep."""

    reason: str
    message: str
    is_warning: bool
    time: datetime
