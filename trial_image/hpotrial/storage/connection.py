"""The worker's one connection to the database: opened when needed, replaced after a loss, with a deadline.

Nothing here waits for an unreachable database. A statement either runs, or `ConnectionLostError` says at once that it
did not run or may not have run. The caller decides whether to retry (`retry`) or to continue without (`study_storage`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import psycopg2
from psycopg2.errors import OperationalError

from hpotrial.protocol.deadline import BoundedConnection
from hpotrial.protocol.session import BaseSession

STATEMENT_SECONDS = 10.0
SHORT_SECONDS = 4.0  # because a trial may be waiting for the answer
FIRST_PAUSE_SECONDS = 0.2
MAX_PAUSE_SECONDS = 15.0
# Let the server detect a worker that vanished, so that its connection does not count for hours. Not an option of the
# connection, because poolers refuse those.
KEEP_ALIVE = "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3"
READ_ONLY = "25006"  # a replica that is being promoted, or a demoted primary
APPLICATION_NAME_CHARACTERS = 63  # PostgreSQL truncates here, which would cut off the worker's index


class ConnectionLostError(Exception):
    """The database did not answer. The statement may or may not have been executed."""


class Connection(BaseSession):
    """At most one open connection to one database."""

    LOSS_ERROR = ConnectionLostError
    SETUP_STATEMENT = KEEP_ALIVE

    def __init__(self, url: str, name: str = "hpotrial", clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._name, self._clock = url, name, clock
        self._pause_seconds = FIRST_PAUSE_SECONDS
        self.down_since: float | None = None
        self.retry_at = 0.0
        self._loss = ""

    @property
    def is_down(self) -> bool:
        """Return whether the last attempt failed and the next one is not due."""
        return self.down_since is not None and self._clock() < self.retry_at

    def run(
        self, statement: str, parameters: Mapping[str, Any] | None = None, seconds: float = STATEMENT_SECONDS
    ) -> list[tuple[Any, ...]]:
        """Run one statement, in a transaction of its own unless `transaction` holds one; return the last rows.

        Raises ConnectionLostError; psycopg2.Error when the database refuses the statement.
        """
        if self.is_down:
            raise ConnectionLostError(self._loss)
        try:
            rows = self._execute(statement, parameters, seconds)
        except psycopg2.Error as error:
            if not is_loss(error):
                raise
            self._lose(first_line(error))
            raise ConnectionLostError(self._loss) from error
        self.down_since, self._pause_seconds = None, FIRST_PAUSE_SECONDS
        return rows

    def _connect(self) -> BoundedConnection:
        return psycopg2.connect(self._url, connection_factory=BoundedConnection, application_name=self._name)

    def _lose(self, loss: str) -> None:
        self.close()
        self._loss = loss
        now = self._clock()
        self.down_since = now if self.down_since is None else self.down_since
        self.retry_at = now + self._pause_seconds * random.uniform(0.5, 1.5)  # noqa: S311  (jitter)
        self._pause_seconds = min(self._pause_seconds * 2, MAX_PAUSE_SECONDS)


def is_loss(error: psycopg2.Error) -> bool:
    """Return whether the error concerns the connection or the server's state, and not the statement.

    An error without a kind or a code comes from the driver: the connection broke in the middle of a reply.
    """
    if isinstance(error, OperationalError | psycopg2.InterfaceError):
        return True
    return error.pgcode == READ_ONLY or type(error) is psycopg2.DatabaseError


def first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def application_name(sweep: str, worker: int) -> str:
    """Return the name for `pg_stat_activity`. A long sweep name loses its beginning, because its end tells more."""
    max_characters = APPLICATION_NAME_CHARACTERS - len(f"hpotrial  {worker}")
    return f"hpotrial {sweep[-max_characters:]} {worker}"
