"""Rewrite the report of a run while it runs. Started by `command`, which writes it once more at the end.

The analysis runs in a thread, with long pauses: it must not slow down the passes, and the workers are processes.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hposweep.api.status import Status, TrialsStatus

REFRESH_SECONDS = 30.0
REST_FACTOR = 20  # pause in durations of an analysis, so that it takes at most a twentieth of one core
MAX_TRIALS = 2000  # beyond, an analysis takes many seconds, and the end of the run would wait for it


@dataclass
class LiveReport:
    """The pages are replaced as a whole. `write` returns "" or why it failed, and a failure keeps the older pages."""

    write: Callable[[Status], str]
    status: Callable[[], Status | None]
    last_written: TrialsStatus | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: bool = False

    async def keep(self) -> None:
        """Write the pages whenever trials have finished, until cancelled."""
        pause_seconds = REFRESH_SECONDS
        while True:
            await asyncio.sleep(pause_seconds)
            current = self.status()
            if current is None or not self._is_due(current.trials):
                continue
            self.last_written = current.trials
            started = time.monotonic()
            await asyncio.to_thread(self._write, current)
            pause_seconds = max(REFRESH_SECONDS, REST_FACTOR * (time.monotonic() - started))

    def finish(self) -> None:
        """Wait for a write that has begun, so that no older page replaces the last one."""
        self.is_over = True
        with self.lock:
            return

    def _is_due(self, trials: TrialsStatus) -> bool:
        return trials != self.last_written and 0 < trials.finished <= MAX_TRIALS

    def _write(self, status: Status) -> None:
        with self.lock:
            if not self.is_over:
                self.write(status)
