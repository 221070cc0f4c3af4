"""SIGTERM as a flag, and as a file descriptor that wakes a waiting worker.

The handler only sets the flag. Database and child process are used only by the worker's own loop, so a signal can never
interrupt a transaction.
"""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import wait
from types import FrameType


class Interrupt:
    """The request to exit, set by the first SIGTERM or SIGINT."""

    def __init__(self) -> None:
        self.is_requested = False
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._write_end, False)

    def install(self) -> None:
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, self._note)

    def fileno(self) -> int:
        """Return a descriptor that becomes readable with the first signal and stays so."""
        return self._read_end

    def wait(self, seconds: float) -> bool:
        """Sleep until the time is up or the first signal arrives. True when a signal has arrived."""
        if self.is_requested:
            time.sleep(seconds)
        else:
            wait([self.fileno()], timeout=seconds)
        return self.is_requested

    def _note(self, signal_number: int, frame: FrameType | None) -> None:
        if not self.is_requested:
            self.is_requested = True
            os.write(self._write_end, b"!")
