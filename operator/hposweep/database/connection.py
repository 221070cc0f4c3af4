"""One connection to one database: opened when needed, kept, opened again after a loss. Blocking; callers use a thread.

Every error, and a database that does not answer, is raised as a StorageError whose message contains no secret.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import errors

from hposweep.allowed_hosts import AllowedHosts
from hposweep.database.allowed_server import allowed_server
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError, not_text, storage_error
from hpotrial.protocol.deadline import BoundedConnection
from hpotrial.protocol.session import BaseSession

STATEMENT_TIMEOUT_SECONDS = 10  # of the server, which names the reason
ANSWER_SECONDS = 12.0  # of this process, for a server that hangs or a network that drops packets
# Called in any thread after each statement: the database's id, the seconds, the reason of its error ("" for none).
Monitor = Callable[[str, float, str], None]


class Session(BaseSession):
    """A connection that is opened when needed and used by one thread at a time."""

    LOSS_ERROR = StorageError

    def __init__(
        self,
        dsn: Dsn,
        answer_seconds: float = ANSWER_SECONDS,
        monitor: Monitor = lambda *_: None,
        allowed: AllowedHosts | None = None,
    ) -> None:
        """Open nothing yet; `allowed`: the hosts that may be reached, None for any."""
        self.dsn, self._answer_seconds, self._monitor, self._allowed = dsn, answer_seconds, monitor, allowed
        self.connections = 0  # opened so far
        self._lock = threading.RLock()

    def run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows; an empty list when it returns none."""
        with self._lock, self._monitored(), self._errors():
            return self._execute(statement, parameters, self._answer_seconds)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run all statements of the block in one transaction, or none; other threads wait."""
        with self._lock, super().transaction():
            yield

    def close(self) -> None:
        with self._lock:
            super().close()

    def encryption(self) -> str:
        """Return the protocol of the open connection, such as `TLSv1.3`; "" without encryption."""
        with self._lock:
            info = self._connection.info if self._connection is not None else None
            return str(info.ssl_attribute("protocol") or "TLS") if info is not None and info.ssl_in_use else ""

    def connect_for(self, seconds: float) -> BoundedConnection:
        """Return another connection, for a library, that ends with an error after these seconds in all."""
        connection = self._connect()
        connection.deadline = time.monotonic() + seconds
        return connection

    def _open(self) -> BoundedConnection:
        connection = super()._open()
        self.connections += 1
        return connection

    def _connect(self) -> BoundedConnection:
        server = allowed_server(self.dsn, self._allowed) if self._allowed is not None else {}
        try:
            connection: BoundedConnection = psycopg2.connect(
                self.dsn.reveal(),
                connection_factory=BoundedConnection,
                application_name="hposweep operator",
                options=f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS * 1000}",
                keepalives_idle=30,
                **server,
            )
            return connection
        except psycopg2.OperationalError as error:  # a bounded connection's error does not name the server
            raise psycopg2.OperationalError(f"connection to {self.dsn.server} failed: {error}") from None

    @contextmanager
    def _monitored(self) -> Iterator[None]:
        started, reason = time.monotonic(), ""
        try:
            yield
        except StorageError as error:
            reason = error.reason
            raise
        finally:
            self._monitor(self.dsn.database_id, time.monotonic() - started, reason)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except psycopg2.Error as error:
            if not isinstance(error, errors.InsufficientPrivilege):
                self.close()  # the next statement starts from a clean connection
            raise storage_error(error, self.dsn) from None
        except UnicodeError:
            self.close()
            raise not_text() from None
