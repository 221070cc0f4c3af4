"""Keep `trials.jsonl` up to date while the sweep runs. Started by `command`, which writes it once more at the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from hposweep.api.status import Status, TrialsStatus
from hposweep.cluster.local.folder import TRIALS, Folder
from hposweep.database.errors import StorageError
from hposweep.database.export import TrialReader

REFRESH_SECONDS = 5.0
REST_FACTOR = 20  # pause in write durations: writing 10,000 trials again and again must not slow down the trials


@dataclass
class TrialsFile:
    """The file is written whole and replaced atomically, so that a reader never sees half a trial."""

    reader: TrialReader
    folder: Folder
    study_name: str
    last_written: TrialsStatus | None = None

    async def keep(self, status: Callable[[], Status | None]) -> None:
        """Write the file whenever trials changed, until cancelled. The pause grows with the time that a write takes."""
        pause_seconds = REFRESH_SECONDS
        while True:
            await asyncio.sleep(pause_seconds)
            current = status()
            if current is not None and current.trials != self.last_written:
                self.last_written = current.trials
                started = time.monotonic()
                await asyncio.to_thread(self.write)
                pause_seconds = max(REFRESH_SECONDS, REST_FACTOR * (time.monotonic() - started))

    def write(self) -> bool:
        """Write the file. Returns False when the database does not answer: then the file stays as it was."""
        try:
            lines = list(self.reader.lines(self.study_name))
        except StorageError:
            return False
        self.folder.replace(TRIALS, "".join(f"{line}\n" for line in lines))
        return True
