"""One connection to one database: opened late, kept, opened again after a loss. Blocking; callers use a thread.

Every failure leaves as a StorageError whose sentence holds no secret; so does a database that does not answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import errors

from hposweep.api import conditions
from hposweep.database.dsn import Dsn
from hposweep.text import first_line, truncate
from hpotrial.protocol.deadline import BoundedConnection

STATEMENT_TIMEOUT_SECONDS = 10  # the server's, which says what it was
ANSWER_SECONDS = 12.0  # ours, for a server that hangs or a network that swallows
ERROR_CHARACTERS = 400  # of a database's sentence in a condition
_DENIED = ("authentication failed", "no pg_hba.conf entry", "no password supplied")


class StorageError(Exception):
    """The database cannot be used; `reason` is one of StorageReady's."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


class Session:
    """A lazily opened connection in autocommit mode, used by one thread at a time."""

    def __init__(self, dsn: Dsn, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.dsn, self._answer_seconds = dsn, answer_seconds
        self._lock = threading.RLock()
        self._connection: BoundedConnection | None = None

    def rows(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows; an empty list when it returns none."""
        with self._lock, self._errors():
            self._connection = self._connection or self._connect()
            self._connection.deadline = time.monotonic() + self._answer_seconds
            with self._connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements within, or none."""
        with self._lock:
            self.rows("begin")
            try:
                yield
            except BaseException:
                if self._connection is not None:
                    self.rows("rollback")
                raise
            self.rows("commit")

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _connect(self) -> BoundedConnection:
        try:
            opened: BoundedConnection = psycopg2.connect(
                self.dsn.reveal(),
                connection_factory=BoundedConnection,
                application_name="hposweep operator",
                options=f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS * 1000}",
                keepalives_idle=30,
            )
        except psycopg2.OperationalError as error:  # of a bounded connection it does not say where
            raise psycopg2.OperationalError(f"connection to {self.dsn.server} failed: {error}") from None
        opened.autocommit = True
        return opened

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except errors.InsufficientPrivilege as error:
            raise StorageError(conditions.INSUFFICIENT_RIGHTS, self.sentence(error)) from None
        except psycopg2.Error as error:
            self.close()  # the next statement starts from a clean connection
            sentence = self.sentence(error)
            denied = any(words in sentence for words in _DENIED) or ("role" in sentence and "not exist" in sentence)
            reason = conditions.AUTHENTICATION_FAILED if denied else conditions.CONNECTION_FAILED
            raise StorageError(reason, sentence) from None

    def sentence(self, error: Exception) -> str:
        """Return the first line of an error, without secrets."""
        return truncate(first_line(self.dsn.redact(str(error))) or type(error).__name__, ERROR_CHARACTERS)
