"""One PostgreSQL for most cases, with one database for each, so that a case does not wait for a server's start."""

from __future__ import annotations

import tempfile
from pathlib import Path
from threading import Lock
from types import TracebackType

import optuna
import psycopg2

from hposweep.database.embedded.server import Server
from hposweep.database.embedded.settings import DATABASE
from hpotrial.protocol import driver_url

CONNECTIONS = 100
TEMPLATE = "ready"  # has Optuna's tables; a copy of it takes a tenth of the time that their creation takes


class Databases:
    """The bundled server in a temporary folder. Enter it in the main thread: the server ends with its thread."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hposweep-cases-")
        Path(self._folder.name).chmod(0o755)  # for the server's own account
        self._server = Server(Path(self._folder.name, "postgres"), CONNECTIONS)
        self._lock = Lock()
        self._count = 0

    def __enter__(self) -> Databases:
        self._server.start()
        self._execute(f"create database {TEMPLATE}")
        optuna.storages.RDBStorage(driver_url(self._url(TEMPLATE))).engine.dispose()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._server.stop()
        self._folder.cleanup()

    def create(self) -> str:
        """Return the URL of a new database with Optuna's tables."""
        with self._lock:
            self._count += 1
            name = f"case_{self._count}"
            self._execute(f"create database {name} template {TEMPLATE}")
        return self._url(name)

    def _url(self, name: str) -> str:
        return self._server.url.replace(f"/{DATABASE}?", f"/{name}?")

    def _execute(self, statement: str) -> None:
        connection = psycopg2.connect(self._server.url)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()
