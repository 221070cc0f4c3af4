"""`trials.jsonl`, kept up to date while the sweep runs. Started by `command`, which writes it a last time itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from hposweep.api.status import Status, TrialsStatus
from hposweep.cluster.local.folder import TRIALS, Folder
from hposweep.database.connection import StorageError
from hposweep.database.export import TrialReader

REFRESH_SECONDS = 5.0
REST = 20  # times as long as a write took: a file of 10,000 trials must not keep the machine from running more


@dataclass
class TrialsFile:
    """Whole each time, and replaced at once: whoever reads it never sees half a trial."""

    reader: TrialReader
    folder: Folder
    study_name: str
    written: TrialsStatus | None = None

    async def keep(self, status: Callable[[], Status | None]) -> None:
        """For ever: when trials moved, and not more often than their number allows."""
        pause_seconds = REFRESH_SECONDS
        while True:
            await asyncio.sleep(pause_seconds)
            now = status()
            if now is not None and now.trials != self.written:
                self.written = now.trials
                began = time.monotonic()
                await asyncio.to_thread(self.write)
                pause_seconds = max(REFRESH_SECONDS, REST * (time.monotonic() - began))

    def write(self) -> bool:
        """False when the database does not answer: the file stays as it was."""
        try:
            lines = list(self.reader.lines(self.study_name))
        except StorageError:
            return False
        self.folder.replace(TRIALS, "".join(f"{line}\n" for line in lines))
        return True
