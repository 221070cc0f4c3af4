"""The part of a database connection that worker and operator share: open it when needed, run, commit or roll back.

Base of the worker's `storage.connection.Connection` and of the operator's `hposweep.database.connection.Session`. These
decide how to connect, how long to wait and what an error means.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import psycopg2

from hpotrial.protocol.deadline import BoundedConnection

Row = tuple[Any, ...]


class BaseSession(ABC):
    """At most one open connection, in autocommit mode."""

    LOSS_ERROR: ClassVar[type[Exception]]  # what `run` raises when the connection is lost
    SETUP_STATEMENT: ClassVar[str] = ""  # run once on each new connection

    _connection: BoundedConnection | None = None

    @abstractmethod
    def run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Run one statement and return its rows, by `_execute`; translate its errors, and `close` after a loss."""

    @abstractmethod
    def _connect(self) -> BoundedConnection: ...

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run all statements of the block in one transaction, or none."""
        self.run("begin")
        try:
            yield
        except BaseException:
            if self._connection is not None:  # a lost connection took its transaction with it
                with suppress(self.LOSS_ERROR):
                    self.run("rollback")
            raise
        self.run("commit")

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None

    def _execute(self, statement: str, parameters: Mapping[str, Any] | None, seconds: float) -> list[Row]:
        """Return the rows of the last statement, within these seconds after a connection is there."""
        connection = self._connection or self._open()
        connection.deadline = time.monotonic() + seconds
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def _open(self) -> BoundedConnection:
        self._connection = connection = self._connect()
        connection.autocommit = True
        if self.SETUP_STATEMENT:
            with connection.cursor() as cursor:
                cursor.execute(self.SETUP_STATEMENT)
        return connection
