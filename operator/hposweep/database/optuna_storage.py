"""Optuna's own storage on a database, with its errors as StorageError. `study` and `optuna_dashboard` open it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy.exc import SQLAlchemyError

from hposweep.api import conditions
from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.schema import has_schema
from hpotrial.protocol.deadline import CONNECT_SECONDS

READER_CONNECTIONS = 4  # of one reader; the operator's count of free connections does not know it
READER_STATEMENT_SECONDS = 30  # reading 10,000 trials takes a few seconds, in several statements
NO_SCHEMA = "The database has no study yet. The first sweep creates its tables, and this page then shows them."


def open_storage(session: Session, engine: Mapping[str, Any], *, creates_tables: bool = True) -> RDBStorage:
    """Open the storage of the session's database. Raises StorageError."""
    try:
        return RDBStorage(
            session.dsn.reveal_for_optuna(), engine_kwargs=dict(engine), skip_table_creation=not creates_tables
        )
    except RuntimeError as error:  # Optuna's error for a schema of another version
        has_schema(session.run)
        raise StorageError(conditions.CONNECTION_FAILED, session.sentence(error)) from None
    except (SQLAlchemyError, StorageInternalError) as error:
        denied = "permission denied" in str(error)
        reason = conditions.INSUFFICIENT_RIGHTS if denied else conditions.CONNECTION_FAILED
        raise StorageError(reason, session.sentence(cause(error))) from None


def cause(error: BaseException) -> BaseException:
    """Return the driver's own error: Optuna and SQLAlchemy word theirs about themselves."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def open_for_reader(dsn: Dsn, *, may_write: bool) -> RDBStorage:
    """Open the storage for a program that shows studies. The database itself refuses writes unless `may_write`."""
    session = Session(dsn)
    try:
        if not has_schema(session.run):
            raise StorageError(conditions.CONNECTION_FAILED, NO_SCHEMA)
        return open_storage(session, _reader_engine(may_write), creates_tables=False)
    finally:
        session.close()


def _reader_engine(may_write: bool) -> dict[str, Any]:
    options = {
        "statement_timeout": str(READER_STATEMENT_SECONDS * 1000),
        "default_transaction_read_only": "off" if may_write else "on",
    }
    arguments = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "hposweep optuna-dashboard",
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
    }
    # A connection that the server closed is noticed before it is used.
    return {
        "pool_size": 1,
        "max_overflow": READER_CONNECTIONS - 1,
        "pool_pre_ping": True,
        "connect_args": arguments,
    }
