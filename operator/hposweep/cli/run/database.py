"""The database of a run: one that was given, or a PostgreSQL of its own in the run's folder. Called by `command`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.run.load import Intake
from hposweep.database.connection import StorageError
from hposweep.database.dsn import Dsn
from hposweep.database.embedded.account import NoAccountError
from hposweep.database.embedded.server import Server, ServerError
from hposweep.database.study import Studies
from hpotrial.protocol import STORAGE_URL_ENV

FOLDER = "postgres"
# Two a worker, the reconciler, the reader of trials, and some for people who look.
CONNECTIONS_PER_WORKER, OTHER_CONNECTIONS = 3, 40


@dataclass(frozen=True, slots=True)
class Database:
    """Where the study is. `server` is None for one that was given."""

    dsn: Dsn
    source: str  # where its URL came from, for sentences
    server: Server | None = None


def given(arguments: argparse.Namespace) -> Database | None:
    """Raises RefusedInputError for what is no PostgreSQL URL, without showing it."""
    from_environment = os.environ.get(STORAGE_URL_ENV)
    url, source = (arguments.storage, "--storage") if arguments.storage else (from_environment, STORAGE_URL_ENV)
    if not url:
        return None
    try:
        return Database(Dsn(url), source)
    except ValueError as error:
        raise RefusedInputError(f"the value of {source} {error}") from None


@contextmanager
def opened(chosen: Database | None, intake: Intake) -> Iterator[Database]:
    """The given one, or the run's own as long as it is needed."""
    if chosen is not None:
        yield chosen
        return
    connections = intake.sweep.spec.workers.replicas * CONNECTIONS_PER_WORKER + OTHER_CONNECTIONS
    server = Server(intake.folder.path / FOLDER, connections, (intake.folder.lock,))
    try:
        server.start()
        yield Database(Dsn(server.url), f"folder {server.folder}", server)
    except (ServerError, NoAccountError) as error:
        raise RefusedInputError(str(error)) from None
    finally:
        server.stop()


def forget_unbegun(intake: Intake, database: Database) -> None:
    """Drop a study of ours without any trial when its sweep was changed: its directions may be others now."""
    studies = Studies(database.dsn)
    try:
        study = studies.read(intake.sweep.study_name, [False] * len(intake.sweep.spec.study.objectives))
        if study is not None and study.owner == intake.sweep.uid and study.counts == type(study.counts)():
            studies.delete(study.name)
    except StorageError:
        return  # the first pass will say it better
    finally:
        studies.close()
