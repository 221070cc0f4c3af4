"""The database of a run: the user's own, or a bundled PostgreSQL in the run's folder. Called by `command`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.run.load import RunInput
from hposweep.database.dsn import Dsn
from hposweep.database.embedded.account import NoAccountError
from hposweep.database.embedded.server import Server, ServerError
from hposweep.database.errors import StorageError
from hposweep.database.study import Studies
from hpotrial.protocol import STORAGE_URL_ENV

FOLDER = "postgres"
# A worker holds two; the reconciler, the trial reader and people with psql hold the rest.
CONNECTIONS_PER_WORKER, OTHER_CONNECTIONS = 3, 40


@dataclass(frozen=True, slots=True)
class Database:
    """Where the study is stored. `server` is None for the user's own database."""

    dsn: Dsn
    source: str  # where its URL came from, for messages
    server: Server | None = None

    @property
    def place(self) -> str:
        """Return where it is, without credentials: its folder, or `HOST:PORT/DATABASE` and who named it."""
        return self.source if self.server is not None else f"{self.dsn.location} ({self.source})"


def named_database(storage: str | None) -> Database | None:
    """Return the database that the user named, or None. Raises RefusedInputError, which never contains the URL."""
    from_environment = os.environ.get(STORAGE_URL_ENV)
    url, source = (storage, "--storage") if storage else (from_environment, STORAGE_URL_ENV)
    if not url:
        return None
    try:
        return Database(Dsn(url), source)
    except ValueError as error:
        raise RefusedInputError(f"the value of {source} {error}") from None


@contextmanager
def open_database(external: Database | None, run_input: RunInput) -> Iterator[Database]:
    """Yield the user's database, or start the bundled one and stop it afterwards."""
    if external is not None:
        yield external
        return
    connections = run_input.sweep.spec.workers.replicas * CONNECTIONS_PER_WORKER + OTHER_CONNECTIONS
    server = Server(run_input.folder.path / FOLDER, connections, (run_input.folder.lock,))
    try:
        server.start()
        yield Database(Dsn(server.url), f"folder {server.folder}", server)
    except (ServerError, NoAccountError) as error:
        raise RefusedInputError(str(error)) from None
    finally:
        server.stop()


def delete_unstarted_study(run_input: RunInput, database: Database) -> None:
    """Delete the sweep's study when it has no trial: after a change of the sweep its directions may differ."""
    studies = Studies(database.dsn)
    try:
        study = studies.read(run_input.sweep.study_name, [False] * len(run_input.sweep.spec.study.objectives))
        if study is not None and study.owner == run_input.sweep.uid and study.counts == type(study.counts)():
            studies.delete(study.name)
    except StorageError:
        return  # the first pass reports it
    finally:
        studies.close()
