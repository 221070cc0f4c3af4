"""A psycopg2 connection with a deadline, because a server that hangs or a network that drops packets never answers.

psycopg2 itself would wait forever and ignore signals. The worker's connection (`storage.connection`) and the operator's
(`database.connection`) are of this class. Connections that an objective or Optuna opens wait as usual.
"""

from __future__ import annotations

import select
import time
from typing import Any

from psycopg2 import extensions
from psycopg2.errors import OperationalError

CONNECT_SECONDS = 4  # two attempts fit into the 10 s within which a user should see what is wrong
# The statuses of an open connection; psycopg2 has no names for those before.
_OPEN_STATUSES = (extensions.STATUS_READY, extensions.STATUS_BEGIN, extensions.STATUS_PREPARED)


class BoundedConnection(extensions.connection):
    """A connection whose caller sets `deadline` (monotonic clock) before each statement; None while it opens."""

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
        ready = select.poll()  # unlike `select`, it works for any number of open files
        ready.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        ready.poll(None if seconds_left is None else 1000 * seconds_left)


def _deadline(connection: Any, started: float) -> float | None:
    """Return the deadline; None without one. libpq leaves `connect_timeout` to an asynchronous caller."""
    if isinstance(connection, BoundedConnection):
        return connection.deadline if connection.deadline is not None else started + CONNECT_SECONDS
    if connection.status in _OPEN_STATUSES:
        return None
    seconds = int(extensions.parse_dsn(connection.dsn).get("connect_timeout") or 0)
    return started + seconds if seconds > 0 else None


extensions.set_wait_callback(_wait)
