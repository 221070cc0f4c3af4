"""Write and read the history of a study's sweeps, in table `hposweep.records`. Blocking; callers use a thread."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hposweep.api.plain import plain
from hposweep.api.record import RecordEntry
from hposweep.api.wire import to_wire
from hposweep.database import records_sql as sql
from hposweep.database import statements, trials_sql
from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.database.own_table import OwnTable, OwnTableWriter
from hposweep.model.record import Record, RecordPage

PAGE_ROWS = 500
MAX_ROWS_READ = 5000  # of a study; the operator keeps fewer, but another program may add some
_TABLE = OwnTable(sql.TABLE, sql.CREATE_TABLE)
_NUL = "\x00"  # PostgreSQL has no text with it


class RecordTable:
    """The table of one database."""

    def __init__(self, session: Session) -> None:
        self._session, self._table = session, OwnTableWriter(session, _TABLE)

    def write(self, study_id: int, sweep_uid: str, sweep: str, entries: Sequence[RecordEntry]) -> None:
        """Add the entries that the table does not have, and remove the oldest of too many. Raises StorageError."""
        parameters = {"study_id": study_id, "sweep_uid": sweep_uid, "sweep": sweep, "entries": _document(entries)}
        with self._table.writing():
            self._session.run(sql.INSERT, parameters)
            self._session.run(sql.TRIM, {"study_id": study_id})

    def forget(self, study_id: int) -> None:
        """Remove the history of a study. Raises StorageError."""
        self._table.forget(study_id)

    def read(self, study_id: int) -> RecordPage:
        """Return the history of a study, the oldest entry first. Raises StorageError."""
        is_trusted = self._table.is_trusted()
        if is_trusted is None:
            return RecordPage()
        if not is_trusted:
            raise self._table.refusal()
        rows = [row for page in self._pages(study_id) for row in page]
        records = [_record(row) for row in rows]
        readable = tuple(record for record in reversed(records) if record is not None)
        return RecordPage(readable, unreadable=len(records) - len(readable), is_cut=len(rows) >= MAX_ROWS_READ)

    def _pages(self, study_id: int) -> Iterator[list[tuple[Any, ...]]]:
        for offset in range(0, MAX_ROWS_READ, PAGE_ROWS):
            page = self._session.run(sql.PAGE, {"study_id": study_id, "limit": PAGE_ROWS, "offset": offset})
            yield page
            if len(page) < PAGE_ROWS:
                return


class RecordReader:
    """A connection of its own, for `hposweep history`."""

    def __init__(self, dsn: Dsn) -> None:
        self._session = Session(dsn)

    def read(self, study: str) -> RecordPage | None:
        """Return the history of the study of that name, None without one. Raises StorageError."""
        if not self._session.run(statements.HAS_SCHEMA)[0][0]:
            return None
        for (study_id,) in self._session.run(trials_sql.STUDY_ID, {"name": study}):
            return RecordTable(self._session).read(study_id)
        return None

    def close(self) -> None:
        self._session.close()


def _document(entries: Sequence[RecordEntry]) -> str:
    rows = [{**to_wire(entry), "numbers": json.dumps(plain(entry.numbers))} for entry in entries]
    return json.dumps(_without_nul(plain(rows)))


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(_NUL, "")
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return {key: _without_nul(item) for key, item in value.items()} if isinstance(value, dict) else value


def _record(row: Sequence[Any]) -> Record | None:
    """Return the row as a record, None when it has other values than the operator writes."""
    uid, sweep, number, epoch, kind, actor, message, trials, numbers = row
    try:
        time = datetime.fromtimestamp(epoch, UTC)
        values = _numbers(numbers)
        entry = RecordEntry(int(number), time, str(kind), str(actor), str(message), int(trials), values)
    except (TypeError, ValueError, OverflowError, OSError, RecursionError):
        return None
    return Record(str(sweep), str(uid), entry)


def _numbers(text: Any) -> dict[str, float]:
    document = json.loads(text)
    if not isinstance(document, Mapping):
        raise TypeError("numbers are no object")
    values = {str(name): float(value) for name, value in document.items()}
    return {name: value for name, value in values.items() if math.isfinite(value)}
