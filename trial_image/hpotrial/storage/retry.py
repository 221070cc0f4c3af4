"""Retries while the database is unreachable: how long, and how the worker sleeps between them.

For steps that need an answer: claiming, requeueing and telling a trial. Callers pass an action that is safe to repeat.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from hpotrial.protocol.config import OUTAGE_SECONDS
from hpotrial.storage.connection import Connection, ConnectionLostError

LAST_SECONDS = 10.0  # after SIGTERM: enough to requeue a trial, short against a pod's grace period

T = TypeVar("T")


class StorageLostError(Exception):
    """The database did not answer within the limit."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The limit, and how to sleep. `sleep` returns True when this process must exit."""

    sleep: Callable[[float], bool]
    clock: Callable[[], float] = time.monotonic
    seconds: float = OUTAGE_SECONDS

    def call(self, connection: Connection, action: Callable[[], T]) -> T:
        """Run the action; repeat it while the database is unreachable. Raises StorageLostError after the limit."""
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
        """Return whether the database has been unreachable for longer than the limit."""
        return connection.down_since is not None and self.clock() - connection.down_since >= self.seconds


def lost_storage(error: Exception) -> StorageLostError:
    return StorageLostError(f"the database did not answer: {error}")
