"""A table of the operator's own schema, beside Optuna's tables. Used by `records` and `analyses`.

The schema outlives sweeps. Logins of several tenants may use one database, so that a table is only read and written
when this login, an administrator or the owner of the database owns it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hposweep.api import conditions
from hposweep.database import own_table_sql as sql
from hposweep.database.connection import Session
from hposweep.database.errors import StorageError


@dataclass(frozen=True, slots=True)
class OwnTable:
    """Name, definition and limits of a table."""

    name: str
    definition: str  # the statement that creates it where it is absent
    limits: str = sql.LIMITS


class OwnTableWriter:
    """Writes one table of one database, and creates it where it is absent."""

    def __init__(self, session: Session, table: OwnTable) -> None:
        self._session, self._table, self._is_ready = session, table, False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Run the block in a transaction in which the table exists and may be trusted. Raises StorageError."""
        was_ready, self._is_ready = self._is_ready, False  # an error may mean that the table has been dropped
        with self._session.transaction():
            self._session.run(self._table.limits)
            if not was_ready:
                self._create_where_absent()
            if self.is_trusted() is False:  # an absent table is PostgreSQL's error, and the next write creates it
                raise self.refusal()
            if not was_ready:
                self._session.run(sql.forget_orphans(self._table.name))
            yield
        self._is_ready = True

    def exists(self) -> bool:
        return bool(self._session.run(sql.HAS_TABLE, {"table": self._table.name})[0][0])

    def forget(self, study_id: int) -> None:
        """Remove the rows of a study. Raises StorageError."""
        if self.is_trusted():
            with self._session.transaction():
                self._session.run(self._table.limits)
                self._session.run(sql.forget(self._table.name), {"study_id": study_id})

    def is_trusted(self) -> bool | None:
        """Return whether this login, an administrator or the owner of the database owns the table; None without one."""
        rows = self._session.run(sql.IS_TRUSTED, {"table": self._table.name})
        return bool(rows[0][0]) if rows else None

    def refusal(self) -> StorageError:
        """Return the error for a table that is not trusted."""
        message = (
            f"table `{self._table.name}` belongs to another login; drop it, or let the owner of the database own it"
        )
        return StorageError(conditions.INSUFFICIENT_RIGHTS, message)

    def _create_where_absent(self) -> None:
        """Create schema and table where they are absent. A login without that permission can use existing ones."""
        if not self.exists():
            self._session.run(sql.LOCK_CREATION)
            if not self._session.run(sql.HAS_SCHEMA)[0][0]:
                self._session.run(sql.CREATE_SCHEMA)
            self._session.run(self._table.definition)
