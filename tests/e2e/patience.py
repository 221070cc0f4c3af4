"""Waiting for what must become true: polling with a deadline, and a failure that says what was seen last."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")

PAUSE_SECONDS = 0.2
SHOWN_CHARACTERS = 4000  # the whole of a pod or a sweep


def until(
    look: Callable[[], Seen],
    holds: Callable[[Seen], object] = bool,
    *,
    seconds: float,
    what: str,
    pause_seconds: float = PAUSE_SECONDS,
) -> Seen:
    """Return the first thing seen for which `holds` is true."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if holds(seen):
            return seen
        assert time.monotonic() < deadline, (
            f"not within {seconds:g} s: {what}; seen last: {str(seen)[:SHOWN_CHARACTERS]}"
        )
        time.sleep(pause_seconds)


def stays(look: Callable[[], Seen], holds: Callable[[Seen], object], *, seconds: float, what: str) -> None:
    """Fail as soon as it is no longer true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = look()
        assert holds(seen), f"{what}; seen: {seen}"
        time.sleep(PAUSE_SECONDS)
