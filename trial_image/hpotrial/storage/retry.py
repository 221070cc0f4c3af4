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

    def call(self, connection: Connection, action: Callable[[], T]) -> T:
        """Do it, and again while the database is away. Raises StorageLostError when that lasts too long."""
        exit_deadline: float | None = None
        while True:
            try:
                return action()
            except ConnectionLostError as error:
                now = self.clock()
                since = connection.down_since if connection.down_since is not None else now
                deadline = min(since + self.seconds, exit_deadline if exit_deadline is not None else float("inf"))
                if now >= deadline:
                    raise lost_storage(error) from error
                if self.sleep(max(0.0, min(deadline, connection.retry_at) - now)) and exit_deadline is None:
                    exit_deadline = self.clock() + LAST_SECONDS

    def is_exhausted(self, connection: Connection) -> bool:
        """Has the database been away for longer than anybody should wait?"""
        return connection.down_since is not None and self.clock() - connection.down_since >= self.seconds


def lost_storage(error: Exception) -> StorageLostError:
    return StorageLostError(f"the database did not answer: {error}")
