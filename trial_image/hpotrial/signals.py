"""SIGTERM as a flag, and as a file descriptor that wakes whoever waits.

The handler does nothing but note the signal: database and child are touched only by the worker's own loop, so a signal
can never cut a transaction in two.
"""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import wait
from types import FrameType


class Interrupt:
    """Has somebody asked this process to end?"""

    def __init__(self) -> None:
        self.is_requested = False
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._write_end, False)

    def install(self) -> None:
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, self._note)

    def fileno(self) -> int:
        """Becomes readable with the first signal and stays so."""
        return self._read_end

    def wait(self, seconds: float) -> bool:
        """Sleep, but not through the first signal. True when there was one."""
        if self.is_requested:
            time.sleep(seconds)
        else:
            wait([self.fileno()], timeout=seconds)
        return self.is_requested

    def _note(self, signal_number: int, frame: FrameType | None) -> None:
        if not self.is_requested:
            self.is_requested = True
            os.write(self._write_end, b"!")
