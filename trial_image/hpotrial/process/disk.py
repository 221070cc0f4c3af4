"""Measure the free space at the paths of `spec.preflight.disk` while a worker runs. Called by `worker`.

A file server that does not answer blocks its caller, so that a thread of its own measures.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

MEASURE_SECONDS = 60.0
MIN_CHANGE = 0.01  # a smaller share is no news, and would cost a write per worker and minute


@dataclass(slots=True)
class DiskWatch:
    """Free bytes by path as the spec has it; `paths` says where each of them is on this machine."""

    paths: Mapping[str, str]
    _measured: Mapping[str, int] = field(default_factory=dict)
    _reported: Mapping[str, int] = field(default_factory=dict)
    _end: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Measure in the background until `end`."""
        if self.paths:
            threading.Thread(target=self._run, name="disk", daemon=True).start()

    def end(self) -> None:
        self._end.set()

    def measure(self) -> None:
        """Measure once. A path that cannot be read has no number."""
        free = {}
        for name, path in self.paths.items():
            with suppress(OSError):
                status = os.statvfs(path)
                free[name] = status.f_bavail * status.f_frsize
        self._measured = free

    def news(self) -> Mapping[str, int] | None:
        """Return the numbers when they differ from those returned before; None otherwise."""
        measured, reported = self._measured, self._reported
        is_equal = measured.keys() == reported.keys() and all(
            abs(free - reported[name]) <= MIN_CHANGE * reported[name] for name, free in measured.items()
        )
        if is_equal:
            return None
        self._reported = measured
        return measured

    def _run(self) -> None:
        while True:
            self.measure()
            if self._end.wait(MEASURE_SECONDS):
                return
