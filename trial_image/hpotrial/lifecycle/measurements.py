"""Measurements of a baseline trial: memory, bytes on disk, steps that it reported. Called by `worker`, once per trial.

The trial is alone in its pod, so that the numbers of the container are those of the trial.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from hpotrial import protocol
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.objective.checkpoint import root_of
from hpotrial.process.disk_writes import folder_bytes, written_bytes
from hpotrial.process.gpu import Gpus
from hpotrial.process.memory_peak import MemoryPeak, find_cgroup
from hpotrial.protocol.baseline import CHECKPOINT, FREE, WRITTEN
from hpotrial.protocol.config import Checkpoints
from hpotrial.storage.study import StudyHandle


class Measurements:
    """Measure from now on until `end`."""

    def __init__(self, study: StudyHandle, checkpoints: Checkpoints | None, gpus: Gpus | None) -> None:
        self._study, self._checkpoints = study, checkpoints
        self._peak = MemoryPeak(find_cgroup(), gpus)
        self._earlier_bytes = written_bytes()
        self._peak.start()

    def record(self, trial: OwnedTrial) -> None:
        """Write the numbers as attributes of the trial, which has not been told yet."""
        storage = self._study.storage
        record = storage.get_trial(trial.id)
        storage.set_own_attr(protocol.MEMORY, dict(self._peak.end()))
        storage.set_own_attr(protocol.DISK_WRITTEN, dict(self._disk(record.user_attrs.get(protocol.CHECKPOINT))))
        storage.set_own_attr(protocol.REPORTS, len(record.intermediate_values))

    def end(self) -> None:
        self._peak.end()

    def _disk(self, folder: str | None) -> Mapping[str, int]:
        """Return bytes by name; a number that cannot be read is absent."""
        numbers, total = {}, written_bytes()
        if total is not None:
            numbers[WRITTEN] = max(0, total - (self._earlier_bytes or 0))
        if self._checkpoints is None:
            return numbers
        if folder is not None:
            numbers[CHECKPOINT] = folder_bytes(root_of(self._checkpoints.path, self._study.name) / folder)
        with suppress(OSError):
            status = os.statvfs(Path(self._checkpoints.path))
            numbers[FREE] = status.f_bavail * status.f_frsize
        return numbers
