"""The worker's one connection to the database: opened when needed, bounded in time, replaced after a loss.

Nothing here waits for a database that is away: a statement either runs, or `ConnectionLostError` says at once that it
did not, or may have. Who wants to try again (`retry`), or to go on without (`storage`), decides so itself.
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
SHORT_SECONDS = 4.0  # while a trial may be waiting for the answer
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 15.0
# The server's side: a worker that vanished without a word must not keep its place among the connections for hours.
# Not among the options of the connection, which poolers refuse.
KEEP_ALIVE = "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3"
READ_ONLY = "25006"  # a replica that is about to be promoted, or a primary that no longer is one
APPLICATION_NAME_CHARACTERS = 63  # PostgreSQL cuts there, and would cut the worker's number off


class ConnectionLostError(Exception):
    """The database did not answer. Whether it did what it was asked to do is unknown."""


class Connection(BaseSession):
    """One connection at a time to one database."""

    LOSS_ERROR = ConnectionLostError
    SETUP_STATEMENT = KEEP_ALIVE

    def __init__(self, url: str, name: str = "hpotrial", clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._name, self._clock = url, name, clock
        self._pause_seconds = FIRST_PAUSE_SECONDS
        self.away_since: float | None = None
        self.next_try = 0.0
        self._why = ""

    @property
    def is_away(self) -> bool:
        """The last try failed, and it is too early for another."""
        return self.away_since is not None and self._clock() < self.next_try

    def run(
        self, statement: str, parameters: Mapping[str, Any] | None = None, seconds: float = STATEMENT_SECONDS
    ) -> list[tuple[Any, ...]]:
        """One round trip, and one transaction unless `transaction` holds one; the rows of the last statement in it.

        Raises ConnectionLostError; psycopg2.Error when the database understood and refused.
        """
        if self.is_away:
            raise ConnectionLostError(self._why)
        try:
            rows = self._execute(statement, parameters, seconds)
        except psycopg2.Error as error:
            if not is_loss(error):
                raise
            self._lose(first_line(error))
            raise ConnectionLostError(self._why) from error
        self.away_since, self._pause_seconds = None, FIRST_PAUSE_SECONDS
        return rows

    def _connect(self) -> BoundedConnection:
        return psycopg2.connect(self._url, connection_factory=BoundedConnection, application_name=self._name)

    def _lose(self, why: str) -> None:
        self.close()
        self._why = why
        now = self._clock()
        self.away_since = now if self.away_since is None else self.away_since
        self.next_try = now + self._pause_seconds * random.uniform(0.5, 1.5)  # noqa: S311  (jitter)
        self._pause_seconds = min(self._pause_seconds * 2, LONGEST_PAUSE_SECONDS)


def is_loss(error: psycopg2.Error) -> bool:
    """Whether it tells of the connection or the server's state, and not of the statement.

    What has no kind and no code comes from the driver itself: a connection that broke in the middle of an answer.
    """
    if isinstance(error, OperationalError | psycopg2.InterfaceError):
        return True
    return error.pgcode == READ_ONLY or type(error) is psycopg2.DatabaseError


def first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def application_name(sweep: str, worker: int) -> str:
    """What `pg_stat_activity` shows; the end of a long sweep's name says more than its beginning."""
    room = APPLICATION_NAME_CHARACTERS - len(f"hpotrial  {worker}")
    return f"hpotrial {sweep[-room:]} {worker}"
