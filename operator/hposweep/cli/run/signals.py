"""Ctrl-C and SIGTERM in the three parts of a run: before, during and after its event loop. Used by `command`.

asyncio's own handlers vanish with the loop, and a Ctrl-C too many would then cut off what ends the database.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def exit_code_of(signal_number: int) -> int:
    """As shells count signals."""
    return 128 + signal_number


class Signals:
    """Installed once, and never removed: when the run has ended, so will the process."""

    def __init__(self) -> None:
        self._receive: Callable[[int], object] = _leave
        for number in SIGNALS:
            signal.signal(number, self._note)

    def forward(self, receive: Callable[[int], object]) -> None:
        """From now on to whoever runs in this event loop."""
        loop = asyncio.get_running_loop()
        self._receive = lambda number: loop.call_soon_threadsafe(receive, number)

    def ignore(self) -> None:
        """The run is ending already, and nothing of it takes long. It holds beyond Python's own end, too."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _note(self, signal_number: int, frame: FrameType | None) -> None:
        self._receive(signal_number)


def _leave(signal_number: int) -> None:
    """There is nothing to drain yet; what has been started is ended on the way out."""
    raise SystemExit(exit_code_of(signal_number))
