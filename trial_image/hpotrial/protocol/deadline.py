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

CONNECT_SECONDS = 4  # two tries fit into the 10 s within which a user should see what is wrong
# Of a connection that has been made; psycopg2 has no name for those before.
_OPEN_STATUSES = (extensions.STATUS_READY, extensions.STATUS_BEGIN, extensions.STATUS_PREPARED)


class BoundedConnection(extensions.connection):
    """`deadline`, on the monotonic clock, is for whoever runs a statement to set; until then it is being made."""

    deadline: float | None = None


def _wait(connection: Any) -> None:
    """psycopg2 calls this instead of blocking in C, for every connection of this process."""
    started, deadline = time.monotonic(), None
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        deadline = deadline or _deadline(connection, started)
        seconds_left = None if deadline is None else deadline - time.monotonic()
        if seconds_left is not None and seconds_left <= 0:
            raise OperationalError("the database does not answer")
        ready = select.poll()  # unlike `select`, for any number of open files
        ready.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        ready.poll(None if seconds_left is None else 1000 * seconds_left)


def _deadline(connection: Any, started: float) -> float | None:
    """None: for ever. libpq leaves it to us to obey `connect_timeout` when it is asked so."""
    if isinstance(connection, BoundedConnection):
        return connection.deadline if connection.deadline is not None else started + CONNECT_SECONDS
    if connection.status in _OPEN_STATUSES:
        return None
    seconds = int(extensions.parse_dsn(connection.dsn).get("connect_timeout") or 0)
    return started + seconds if seconds > 0 else None


extensions.set_wait_callback(_wait)
