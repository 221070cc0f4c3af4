"""A psycopg2 connection that gives up at its deadline: a server that hangs, or a network that swallows, never answers.

psycopg2 itself would wait for ever, deaf to everything. The one connection of each worker (`connection`) and of the
operator (`database.connection`) is of this kind; those that an objective opens, or Optuna, wait as they always do.
"""

from __future__ import annotations

import select
import time
from typing import Any

from psycopg2 import extensions
from psycopg2.errors import OperationalError

CONNECT_SECONDS = 4.0


class BoundedConnection(extensions.connection):
    """`deadline`, on the monotonic clock, is for whoever runs a statement to set; until then it is being made."""

    deadline: float | None = None


def _wait(connection: Any) -> None:
    """psycopg2 calls this instead of blocking in C, for every connection of this process."""
    started = time.monotonic()
    is_bounded = isinstance(connection, BoundedConnection)
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        left = None
        if is_bounded:
            deadline = connection.deadline if connection.deadline is not None else started + CONNECT_SECONDS
            left = deadline - time.monotonic()
            if left <= 0:
                raise OperationalError("the database does not answer")
        ready = select.poll()  # unlike `select`, for any number of open files
        ready.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        ready.poll(None if left is None else 1000 * left)


extensions.set_wait_callback(_wait)
