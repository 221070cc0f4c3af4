"""The study as the worker uses it: opened, never created, and refused with a sentence when it cannot be used.

The operator creates schema and study, because workers that created them would race with each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import optuna
import psycopg2
from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler
from optuna.study import StudyDirection

from hpotrial.protocol import database_url
from hpotrial.storage import sql
from hpotrial.storage.connection import Connection, first_line
from hpotrial.storage.retry import RetryPolicy
from hpotrial.storage.study_storage import StudyStorage

SCHEMA = "v3.2.0.a"  # alembic's revision of the tables that `sql` was written for
UNDEFINED_TABLE = "42P01"


class UnusableStorageError(Exception):
    """The database cannot be used by any worker."""


class FencedError(Exception):
    """This sweep does not own the study, or the study does not exist."""


class SupervisedStudy(optuna.Study):
    """A study whose `stop()` works outside `Study.optimize`. Grid and brute force call it when all points are done."""

    is_stopped = False

    def stop(self) -> None:
        self.is_stopped = True


@dataclass(frozen=True, slots=True)
class StudyHandle:
    """The study, its storage, and the retry policy for its database."""

    optuna_study: SupervisedStudy
    storage: StudyStorage
    retry_policy: RetryPolicy

    @property
    def connection(self) -> Connection:
        return self.storage.connection

    @property
    def id(self) -> int:
        return self.storage.study_id

    @property
    def name(self) -> str:
        return self.optuna_study.study_name

    def close(self) -> None:
        self.connection.close()


def open_study(
    url: str,
    name: str,
    sampler: BaseSampler,
    pruner: BasePruner,
    retry_policy: RetryPolicy,
    application_name: str = "hpotrial",
) -> StudyHandle:
    """Open an existing study. Raises UnusableStorageError, FencedError, StorageLostError."""
    _check(url)
    connection = Connection(url, application_name)
    try:
        study_id, directions = retry_policy.call(connection, lambda: _read_study(connection, name))
        storage = StudyStorage(connection, study_id, name, directions)
        return StudyHandle(SupervisedStudy(name, storage, sampler=sampler, pruner=pruner), storage, retry_policy)
    except psycopg2.Error as error:
        connection.close()
        if error.pgcode == UNDEFINED_TABLE:
            raise FencedError(f"study `{name}` cannot be opened: the database has no Optuna tables") from error
        raise UnusableStorageError(f"study `{name}` cannot be opened: {first_line(error)}") from error
    except BaseException:
        connection.close()
        raise


def _read_study(connection: Connection, name: str) -> tuple[int, list[StudyDirection]]:
    schema, optuna_version = connection.run(sql.SCHEMA_VERSION)[0]
    if schema != SCHEMA:
        raise UnusableStorageError(
            f"the database's schema does not fit this image's Optuna {optuna.__version__}: it is `{schema}` of "
            f"Optuna {optuna_version}; this image needs `{SCHEMA}`"
        )
    rows = connection.run(sql.STUDY, {"name": name})
    if not rows:
        raise FencedError(f"study `{name}` does not exist in the database; the operator creates it")
    study_id, directions = rows[0]
    return study_id, [StudyDirection[direction] for direction in directions]


def _check(url: str) -> None:
    """Refuse an invalid URL, without the driver's own message, which quotes parts of the URL."""
    problem = database_url.problem(url)
    if problem:
        raise UnusableStorageError(f"the database URL {problem}")
