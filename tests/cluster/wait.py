"""Polling with a deadline: every wait of this package names what it waited for."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.cluster.error import ClusterError

POLL_SECONDS = 0.1  # short against the seconds that a start takes, long against what one check costs


def until(what: str, holds: Callable[[], bool], timeout_seconds: float) -> None:
    """Return once `holds()` is true; it may raise ClusterError itself to end the wait early."""
    deadline = time.monotonic() + timeout_seconds
    while not holds():
        if time.monotonic() > deadline:
            raise ClusterError(f"waited {timeout_seconds:.0f} s in vain until {what}")
        time.sleep(POLL_SECONDS)
