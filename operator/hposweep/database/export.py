"""All trials of a study as plain rows, for `trials.jsonl`. Blocking; `cli.run` calls it in a thread.

Plain SQL, like all reading here: loading a study of 10,000 trials through Optuna costs seconds and a hundred megabytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hposweep.database import export_statements as sql
from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.database.parameters import external

# JSON has no word for these.
_INFINITE = {"INF_POS": "inf", "INF_NEG": "-inf"}


class TrialReader:
    """A connection of its own, so that a long read keeps no pass of the reconciler waiting."""

    def __init__(self, dsn: Dsn) -> None:
        self._session = Session(dsn)

    def lines(self, study_name: str) -> Iterator[str]:
        """One JSON object a trial, in the order of their numbers. Raises StorageError."""
        found = self._session.rows(sql.STUDY_ID, {"name": study_name})
        if found:
            for row in self._session.rows(sql.TRIALS, {"study_id": found[0][0]}):
                yield json.dumps(_trial(*row), allow_nan=False)

    def close(self) -> None:
        self._session.close()


def _trial(
    number: int,
    state: str,
    params: Any,
    values: Any,
    seconds: float | None,
    attributes: dict[str, str] | None,
    completed: datetime | None,
    is_feasible: bool,
) -> dict[str, Any]:
    """`values` is null for a trial without one, and as Optuna has it for a pruned one: its last report.

    `feasible` is there, and false, when a constraint is broken.
    """
    return {
        "number": number,
        "state": state,
        "params": external(params or ()),
        "values": [_INFINITE.get(kind, value) for value, kind in values] if values else None,
        "seconds": round(seconds, 3) if seconds is not None else None,
        "attributes": {key: json.loads(text) for key, text in sorted((attributes or {}).items())},
        "completed": f"{completed.isoformat()}Z" if completed is not None else None,
        **({} if is_feasible else {"feasible": False}),
    }
