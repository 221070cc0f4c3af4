"""Counts of the trials that have finished and failed, for the rules of `spec.stopWhen` (`lifecycle.review`).

A finished trial never changes. So each count reads only trials that were open before or are new, and its cost does not
grow with the study.
"""

from __future__ import annotations

from typing import NamedTuple

from hpotrial.storage.connection import Connection
from hpotrial.storage.sql import FINISHED


class TrialCounts(NamedTuple):
    """Trials that ended and count against the budget, and those of them that failed."""

    finished: int = 0
    failed: int = 0


class TrialCounter:
    """Counts the trials of one study. The first count reads all of them."""

    def __init__(self, study_id: int) -> None:
        self.counts = TrialCounts()  # as of the last reply
        self._study_id = study_id
        self._open: list[int] = []
        self._watermark = -1

    def count(self, connection: Connection) -> TrialCounts:
        """Return the present counts. Raises ConnectionLostError, and then changes nothing."""
        # Optuna numbers trials under the study's lock, so no trial with a lower id can appear later.
        parameters = {"study": self._study_id, "watermark": self._watermark, "open": self._open}
        finished, failed, last, still_open = connection.run(FINISHED, parameters)[0]
        self.counts = TrialCounts(self.counts.finished + finished, self.counts.failed + failed)
        self._open = still_open or []
        self._watermark = self._watermark if last is None else max(self._watermark, last)
        return self.counts
