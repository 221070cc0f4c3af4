"""Write and read the results of analyses, in table `hposweep.analyses`. Blocking; the operator uses a thread."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from hposweep.api import conditions
from hposweep.api.analysis import FILES, MAX_CONFIG_MAP_BYTES, AnalysisRequest
from hposweep.database import analyses_sql as sql
from hposweep.database import statements, trials_sql
from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.own_table import OwnTable, OwnTableWriter
from hposweep.model.analysis import AnalysisFile, AnalysisRow

WRITE_SECONDS = 40.0  # of a statement; its own limit is shorter
_TABLE = OwnTable(sql.TABLE, sql.CREATE_TABLE, sql.LIMITS)
_NUL = "\x00"  # PostgreSQL has no text with it


class AnalysisTable:
    """The table of one database."""

    def __init__(self, session: Session) -> None:
        self._session, self._table = session, OwnTableWriter(session, _TABLE)

    def write(
        self, study_id: int, request: AnalysisRequest, files: Mapping[str, str], *, trials: int, notes: str
    ) -> None:
        """Write the row of a sweep, or replace it. Raises StorageError."""
        with self._table.writing():
            parameters = {
                "study_id": study_id,
                "sweep_uid": request.uid,
                "sweep": request.sweep,
                "study": _storable(request.study),
                "trials": trials,
                "notes": _storable(notes),
                "files": json.dumps({name: _storable(text) for name, text in files.items()}),
            }
            self._session.run(sql.WRITE, parameters)
            self._session.run(sql.TRIM, {"study_id": study_id})

    def read(self, study_id: int, sweep_uid: str) -> AnalysisRow | None:
        """Return the row of a sweep with the files that fit a ConfigMap, None without one. Raises StorageError.

        A table of another login counts as none: the Job that is to write it says why it does not.
        """
        if not self._table.is_trusted():
            return None
        key = {"study_id": study_id, "sweep_uid": sweep_uid}
        notes = self._session.run(sql.NOTES, key)
        if not notes:
            return None
        limits = {"names": list(FILES), "max_bytes": MAX_CONFIG_MAP_BYTES}
        rows = self._session.run(sql.FILES, {**key, **limits})
        by_name = {str(name): AnalysisFile(str(name), int(size), text) for name, size, text in rows}
        files = [by_name[name] for name in FILES if name in by_name]
        return AnalysisRow(tuple(_fitting(files)), str(notes[0][0]))

    def forget(self, study_id: int) -> None:
        """Remove the rows of a study. Raises StorageError."""
        self._table.forget(study_id)


class AnalysisWriter:
    """A connection of its own, for the Job of the analysis."""

    def __init__(self, dsn: Dsn) -> None:
        self._session = Session(dsn, WRITE_SECONDS)

    def write(self, request: AnalysisRequest, files: Mapping[str, str], *, trials: int, notes: str) -> None:
        """Write the row of the request's sweep. Raises StorageError."""
        has_schema = self._session.run(statements.HAS_SCHEMA)[0][0]
        ids = self._session.run(trials_sql.STUDY_ID, {"name": request.study}) if has_schema else []
        if not ids:
            raise StorageError(conditions.STUDY_MISMATCH, f"study `{request.study}` was deleted during its analysis")
        AnalysisTable(self._session).write(ids[0][0], request, files, trials=trials, notes=notes)

    def close(self) -> None:
        self._session.close()


def _storable(text: str) -> str:
    """Return the text without what PostgreSQL cannot hold; half a character becomes a question mark."""
    return text.replace(_NUL, "").encode("utf-8", "replace").decode()


def _fitting(files: Sequence[AnalysisFile]) -> Iterator[AnalysisFile]:
    """Yield the files, without the text of those for which the ConfigMap has no room after the earlier ones."""
    room = MAX_CONFIG_MAP_BYTES
    for file in files:
        fits = file.text is not None and file.size_bytes <= room
        room -= file.size_bytes if fits else 0
        yield file if fits else replace(file, text=None)
