"""Write all trials of a study as JSON lines, for `trials.jsonl`. Blocking; `cli.run` calls it in a thread.

Plain SQL, because loading a study of 10,000 trials through Optuna costs seconds and a hundred megabytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from hposweep.api.plain import plain
from hposweep.database import trials_sql as sql
from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.database.trial_rows import TrialRow, read_trial
from hpotrial.protocol.trial_rows import read_number

MAX_REPORTS = 200_000  # of a study; more take longer to write than the pause between two writes


class TrialReader:
    """A connection of its own, so that a long read delays no pass of the reconciler."""

    def __init__(self, dsn: Dsn) -> None:
        self._session = Session(dsn)

    def lines(self, study_name: str) -> Iterator[str]:
        """Yield one JSON object a trial, in the order of their numbers. Raises StorageError."""
        for (study_id,) in self._session.run(sql.STUDY_ID, {"name": study_name}):
            reports = dict(self._session.run(sql.REPORTS, {"study_id": study_id, "limit": MAX_REPORTS}))
            for row in self._session.run(sql.TRIALS, {"study_id": study_id}):
                trial = read_trial(row)
                document = {**_document(trial), **_reports(reports.get(trial.number))}
                yield json.dumps(plain(document), allow_nan=False)

    def close(self) -> None:
        self._session.close()


def _document(trial: TrialRow) -> dict[str, Any]:
    """Return the JSON object of a trial. `feasible` is in it only when a constraint is broken, and false."""
    seconds = trial.seconds if trial.completed is not None else None  # a RUNNING trial has an age, and no duration
    return {
        "number": trial.number,
        "state": trial.state,
        "params": trial.params,
        "values": trial.values or None,
        "seconds": round(seconds, 3) if seconds is not None else None,
        "attributes": dict(sorted(trial.attributes.items())),
        "completed": f"{trial.completed.isoformat()}Z" if trial.completed is not None else None,
        **({} if trial.is_feasible else {"feasible": False}),
    }


def _reports(rows: Sequence[tuple[int, str | None, str]] | None) -> dict[str, Any]:
    """Return what the trial reported, by step; nothing for a trial without reports."""
    steps = {str(step): read_number(value, kind) for step, value, kind in rows or ()}
    return {"reports": steps} if steps else {}
