"""How long a database may be away before a worker gives up, and how it waits meanwhile.

For what cannot go on without an answer: asking for a trial, handing one back, telling the last result before the
next. Callers hand in what is to be done, which must be safe to repeat.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from hpotrial.protocol.config import OUTAGE_SECONDS
from hpotrial.storage.connection import Connection, ConnectionLostError

LAST_SECONDS = 10.0  # after SIGTERM: long enough to hand a trial back after all, short against a pod's grace period

T = TypeVar("T")


class StorageLostError(Exception):
    """The database did not answer in time."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How to sleep, and for how long in all. `sleep` returns True when this process shall end."""

    sleep: Callable[[float], bool]
    clock: Callable[[], float] = time.monotonic
    seconds: float = OUTAGE_SECONDS

    def attempt(self, link: Connection, action: Callable[[], T]) -> T:
        """Do it, and again while the database is away. Raises StorageLostError when that lasts too long."""
        hurried_until: float | None = None
        while True:
            try:
                return action()
            except ConnectionLostError as error:
                now = self.clock()
                since = link.away_since if link.away_since is not None else now
                deadline = min(since + self.seconds, hurried_until if hurried_until is not None else float("inf"))
                if now >= deadline:
                    raise lost(error) from error
                if self.sleep(max(0.0, min(deadline, link.next_try) - now)) and hurried_until is None:
                    hurried_until = self.clock() + LAST_SECONDS

    def is_over(self, link: Connection) -> bool:
        """Has the database been away for longer than anybody should wait?"""
        return link.away_since is not None and self.clock() - link.away_since >= self.seconds


def lost(error: Exception) -> StorageLostError:
    return StorageLostError(f"the database did not answer: {error}")
