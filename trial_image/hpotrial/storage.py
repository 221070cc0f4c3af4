"""The worker's one connection to the study: opened without creating anything, retried for a bounded time.

Schema and study belong to the operator; a worker that created either would race with all the others. Callers hand in
what is to be done (`attempt`), which must be safe to repeat.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import optuna
from optuna.exceptions import StorageInternalError
from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, PendingRollbackError

from hpotrial import contract

PATIENCE_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
LAST_SECONDS = 10.0  # after SIGTERM: long enough to hand a trial back after all, short against a pod's grace period
APPLICATION_NAME_CHARACTERS = 63  # PostgreSQL cuts there, and would cut the worker's number off

DRIVER = "postgresql+psycopg2://"
UNDEFINED_TABLE = 'relation "version_info" does not exist'

T = TypeVar("T")


class StorageLostError(Exception):
    """The database did not answer in time."""


class UnusableStorageError(Exception):
    """Not a database that any worker could use."""


class FencedError(Exception):
    """The study, or the trial, is not ours any more."""


class SigningStorage(optuna.storages.RDBStorage):
    """Trials bear their worker's uid from the transaction that creates them.

    When the reply to that transaction is lost, another trial is created, and the first would run for ever, unknown to
    everybody; so it can be found again.
    """

    def __init__(self, url: str, engine_options: dict[str, Any], uid: str) -> None:
        self._signature = {contract.UID: uid} if uid else {}
        super().__init__(
            url.replace("{", "{{").replace("}", "}}"),  # Optuna takes braces for a template of its own
            engine_kwargs=engine_options,
            skip_table_creation=True,
        )

    def _create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> FrozenTrial:
        if template_trial is None and self._signature:
            template_trial = optuna.trial.create_trial(state=TrialState.RUNNING, user_attrs=self._signature)
        return super()._create_new_trial(study_id, template_trial)


class SupervisedStudy(optuna.Study):
    """A study whose `stop()` also works without `Study.optimize`: grid and brute force call it when all is visited."""

    is_stopped = False

    def stop(self) -> None:
        self.is_stopped = True


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try again, and how to sleep meanwhile. `sleep` returns True when this process shall end."""

    sleep: Callable[[float], bool]
    clock: Callable[[], float] = time.monotonic
    seconds: float = PATIENCE_SECONDS


@dataclass(frozen=True, slots=True)
class Storage:
    """The study and its database."""

    study: SupervisedStudy
    engine: Engine
    patience: Patience

    @property
    def study_id(self) -> int:
        return self.study._study_id

    def attempt(self, action: Callable[[], T]) -> T:
        return attempt(action, self.patience)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def open_storage(
    url: str,
    study: str,
    sampler: BaseSampler,
    pruner: BasePruner,
    patience: Patience,
    connection_name: str = "hpotrial",
    uid: str = "",
) -> Storage:
    """Open a study that exists."""
    _check(url)

    def load() -> Storage:
        storage = SigningStorage(url, _engine_options(connection_name), uid)
        try:
            loaded = SupervisedStudy(study_name=study, storage=storage, sampler=sampler, pruner=pruner)
        except BaseException:
            storage.engine.dispose()
            raise
        return Storage(loaded, storage.engine, patience)

    try:
        return attempt(load, patience)
    except KeyError as error:
        raise FencedError(f"study `{study}` does not exist in the database; the operator creates it") from error
    except StorageInternalError as error:
        if UNDEFINED_TABLE in _first_line(error):
            raise FencedError(f"study `{study}` cannot be opened: the database has no Optuna tables") from error
        raise UnusableStorageError(f"study `{study}` cannot be opened: {_first_line(error)}") from error
    except RuntimeError as error:  # how Optuna refuses a schema of another version
        raise UnusableStorageError(f"the database's schema does not fit this image's Optuna: {error}") from error


def _check(url: str) -> None:
    """The reasons come without the parser's own words, which quote parts of the URL."""
    if not url.startswith(DRIVER):
        raise UnusableStorageError("the database URL must read postgresql://user:password@host:port/database")
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        sentence = "the database URL cannot be read; special characters of a password must be %-encoded"
        raise UnusableStorageError(sentence) from None


def application_name(sweep: str, worker: int) -> str:
    """What `pg_stat_activity` shows; the end of a long sweep's name says more than its beginning."""
    room = APPLICATION_NAME_CHARACTERS - len(f"hpotrial  {worker}")
    return f"hpotrial {sweep[-room:]} {worker}"


def attempt(action: Callable[[], T], patience: Patience) -> T:
    """Do it, and again while the database is away, with growing pauses that differ between workers."""
    deadline = patience.clock() + patience.seconds
    pause, is_hurried = FIRST_PAUSE_SECONDS, False
    while True:
        try:
            return action()
        except Exception as error:
            if not is_lost_connection(error):
                raise
            left = deadline - patience.clock()
            if left <= 0:
                raise StorageLostError(f"the database did not answer: {_first_line(error)}") from error
            shall_end = patience.sleep(min(left, pause * random.uniform(0.5, 1.5)))  # noqa: S311  (jitter)
            if shall_end and not is_hurried:
                is_hurried, deadline = True, min(deadline, patience.clock() + LAST_SECONDS)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def is_lost_connection(error: BaseException | None) -> bool:
    """Worth another try? Optuna wraps what SQLAlchemy raised; wrong data is not worth one."""
    if isinstance(error, StorageInternalError):
        error = error.__cause__
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # The last one: Optuna went on in a session whose connection had just died.
    return isinstance(error, (OperationalError, InterfaceError, PendingRollbackError))


def _first_line(error: BaseException) -> str:
    cause = error.__cause__ if isinstance(error, StorageInternalError) and error.__cause__ else error
    text = str(cause.orig) if isinstance(cause, DBAPIError) else str(cause)
    return text.strip().partition("\n")[0]


def _engine_options(connection_name: str) -> dict[str, Any]:
    return {
        "pool_pre_ping": True,  # a connection that died while a trial ran is replaced before it is used
        "pool_size": 1,
        "max_overflow": 1,  # near the end of the budget one connection holds the lock while the other asks
        "connect_args": {
            "application_name": connection_name,
            "connect_timeout": 10,
            # A network that swallows packets would otherwise hold the worker for the kernel's 15 minutes.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 60_000,
        },
    }
