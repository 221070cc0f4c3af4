"""Copy the entries of `status.history` into the database of the study. Called by `reconcile`; never fails a pass.

The status is the source: after a restart its entries are written once more, and the database keeps the first copy. An
unreachable database, or one that refuses the table, costs a log line and a finding; entries wait here meanwhile.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hposweep.api.record import RecordEntry
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.study import Studies
from hposweep.model.trials import Study

MAX_WAITING = 200  # entries of one sweep; older ones are lost, which the gap in their numbers shows
RETRY_SECONDS = 300.0  # of one login to a database
RECENT_SECONDS = 600.0  # after the end of a sweep
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    """The entries of one sweep that are not in the database. `fault` is None before the first attempt."""

    uid: str
    newest: int = 0  # number of the newest entry that came from a status
    entries: deque[RecordEntry] = field(default_factory=lambda: deque(maxlen=MAX_WAITING))
    fault: str | None = None


class Recorder:
    """The histories of all sweeps of this process, on their way into the database."""

    def __init__(self) -> None:
        self._sweeps: dict[tuple[str, str], _Waiting] = {}
        self._retry_at: dict[Dsn, datetime] = {}  # by login: another one may be allowed what this one is not

    def fault(self, sweep: Sweep) -> str | None:
        """Return why the history is not in the database, "" when it is, None before the first attempt."""
        return self._waiting(sweep).fault

    def has_waiting(self, sweep: Sweep, now: datetime) -> bool:
        """Return whether entries of a sweep that has ended wait, and its end is recent.

        Later it is left alone, whatever its database does. A sweep without a study has no place for them.
        """
        status = sweep.status
        if status is None or status.completion_time is None or status.study.id is None:
            return False
        is_recent = now - status.completion_time < timedelta(seconds=RECENT_SECONDS)
        return is_recent and bool(self._waiting(sweep).entries)

    def take(self, sweep: Sweep, status: Status | None) -> None:
        """Take the entries of the status that is now stored."""
        waiting = self._waiting(sweep)
        history = status.history if status is not None else None
        if history is not None:
            waiting.entries.extend(entry for entry in history.entries if entry.number > waiting.newest)
            waiting.newest = max(waiting.newest, history.count)

    async def write(self, sweep: Sweep, studies: Studies | None, study: Study | None, now: datetime) -> bool:
        """Write what waits, if the study is the sweep's own. Return whether the fault has changed."""
        waiting = self._waiting(sweep)
        if not waiting.entries or studies is None or study is None or study.owner != sweep.uid:
            return False
        self._retry_at = {dsn: time for dsn, time in self._retry_at.items() if now < time}
        if studies.dsn in self._retry_at:
            return False
        before, entries = waiting.fault, tuple(waiting.entries)
        waiting.fault = await self._write(sweep, studies, study, entries, now)
        if not waiting.fault:
            waiting.entries.clear()
        elif waiting.fault != before:
            _log.warning("the history of sweep `%s` is not in its database: %s", sweep.name, waiting.fault)
        return (before or "") != waiting.fault

    def forget(self, namespace: str, name: str) -> None:
        self._sweeps.pop((namespace, name), None)

    async def _write(
        self, sweep: Sweep, studies: Studies, study: Study, entries: tuple[RecordEntry, ...], now: datetime
    ) -> str:
        """Return why it failed, "" when it is written."""
        place = f"{sweep.namespace}/{sweep.name}"
        try:
            await studies.lane.run(studies.record, study.id, sweep.uid, place, entries)
        except StorageError as error:
            self._retry_at[studies.dsn] = now + timedelta(seconds=RETRY_SECONDS)
            return error.message
        return ""

    def _waiting(self, sweep: Sweep) -> _Waiting:
        key = (sweep.namespace, sweep.name)
        waiting = self._sweeps.get(key)
        if waiting is None or waiting.uid != sweep.uid:
            waiting = self._sweeps[key] = _Waiting(sweep.uid)
        return waiting
