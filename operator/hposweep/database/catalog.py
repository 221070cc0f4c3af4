"""All studies of a database, for `hposweep study`. Blocking."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.database import statements as sql
from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.model.trials import Counts
from hpotrial.protocol.trial_rows import read_json


@dataclass(frozen=True, slots=True)
class StudyEntry:
    """A study, and the uid of the sweep that owns it; None when it has no owner."""

    id: int
    name: str
    directions: tuple[str, ...]
    owner: str | None
    counts: Counts


class Catalog:
    """The studies of one database."""

    def __init__(self, dsn: Dsn) -> None:
        self._session = Session(dsn)

    def studies(self) -> list[StudyEntry]:
        """Return all studies in the order of their creation. Raises StorageError."""
        if not self._session.run(sql.HAS_SCHEMA)[0][0]:
            return []
        rows = self._session.run(sql.STUDIES)
        counts = {
            study_id: Counts(*numbers)
            for study_id, *numbers in self._session.run(sql.COUNTS, {"study_ids": [row[0] for row in rows]})
        }
        return [
            StudyEntry(
                id=study_id,
                name=name,
                directions=tuple(directions or ()),
                owner=str(read_json(owner)) if owner else None,
                counts=counts.get(study_id, Counts()),
            )
            for study_id, name, directions, owner in rows
        ]

    def close(self) -> None:
        self._session.close()
