"""Measure a database before the first worker starts: permissions, encryption, latency, clock. Called by `study`.

Each statement has the time limit of its session, so that a slow database delays its own sweeps only.
"""

from __future__ import annotations

import statistics
import time

from hposweep.api import conditions
from hposweep.database import statements as sql
from hposweep.database.connection import Session
from hposweep.database.errors import StorageError
from hposweep.database.schema import head_revision
from hposweep.model.storage import Probe
from hposweep.text import count

QUERIES = 5
MAX_SECONDS = 1.0  # after which a slow database is asked no further query
TLS_MODES = ("require", "verify-ca", "verify-full")  # with these, the URL asks for TLS
MAX_TABLES = 3  # named in a sentence


def probe(session: Session) -> Probe:
    """Return the measurements. Raises StorageError when the study could not be created or used."""
    check_permissions(session)
    encryption = _check_encryption(session)
    latency = _latency_seconds(session)
    before = time.time()
    ((database_time,),) = session.run(sql.CLOCK)
    ahead = database_time - (before + time.time()) / 2
    return Probe(session.dsn.sslmode, encryption, head_revision(), latency, ahead)


def check_permissions(session: Session) -> None:
    """Raise StorageError when this login may not create Optuna's tables or use those that exist."""
    ((login, database, schema, may_create, is_read_only, has_tables, tables),) = session.run(
        sql.PERMISSIONS, {"tables": list(sql.TABLES)}
    )
    if is_read_only:
        message = (
            f"database `{database}` is read-only for login {login}: a standby server, or a default of the login or the "
            "database. Name the primary server in the URL, or set `default_transaction_read_only` to off"
        )
        raise StorageError(conditions.INSUFFICIENT_RIGHTS, message)
    if tables:
        others = f" and {count(len(tables) - MAX_TABLES, 'other')}" if len(tables) > MAX_TABLES else ""
        named = ", ".join(f"`{table}`" for table in tables[:MAX_TABLES])
        message = (
            f"permission denied: login {login} may not read and write {named}{others} in schema {schema} of database "
            f"`{database}`. Run `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {login}; "
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {login}`"
        )
        raise StorageError(conditions.INSUFFICIENT_RIGHTS, message)
    if not has_tables and not may_create:
        place = f"schema {schema}" if schema else "any schema of its `search_path`"
        grant = f"GRANT USAGE, CREATE ON SCHEMA {schema or 'public'} TO {login}"
        message = (
            f"permission denied: login {login} may not create tables in {place} of database `{database}`. Run `{grant}`"
        )
        raise StorageError(conditions.INSUFFICIENT_RIGHTS, message)


def _check_encryption(session: Session) -> str:
    """Return the protocol, such as `TLSv1.3`; "" without encryption. Raises StorageError when the URL asks for it."""
    encryption, mode = session.encryption(), session.dsn.sslmode
    if not encryption and mode in TLS_MODES:
        message = (
            f"the URL asks for TLS (`sslmode={mode}`), and the connection has none, as always on a Unix socket. Remove "
            "`sslmode` from the URL, or name a host"
        )
        raise StorageError(conditions.TLS_FAILED, message)
    return encryption


def _latency_seconds(session: Session) -> float:
    """Return the median of a few queries."""
    started = time.monotonic()
    seconds: list[float] = []
    while len(seconds) < QUERIES and time.monotonic() - started < MAX_SECONDS:
        before = time.monotonic()
        session.run(sql.PING)
        seconds.append(time.monotonic() - before)
    return statistics.median(seconds)
