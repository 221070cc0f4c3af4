"""Ctrl-C, SIGTERM and a closed terminal before, during and after the event loop of a run. Used by `command`.

asyncio's own handlers end with the loop, and one more Ctrl-C would then interrupt the shutdown of the database.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def exit_code_of(signal_number: int) -> int:
    """Return the exit code that shells use for a signal."""
    return 128 + signal_number


class Signals:
    """Handlers that are installed once and never removed, because the process ends with the run."""

    def __init__(self) -> None:
        self._receive: Callable[[int], object] = _leave
        for number in SIGNALS:
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # because of `nohup`
            signal.signal(number, self._note)

    def forward(self, receive: Callable[[int], object]) -> None:
        """Call `receive` in this event loop for each signal from now on."""
        loop = asyncio.get_running_loop()
        self._receive = lambda number: loop.call_soon_threadsafe(receive, number)

    def ignore(self) -> None:
        """Ignore all signals: the run is ending, which is quick. This also holds while Python itself shuts down."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _note(self, signal_number: int, frame: FrameType | None) -> None:
        self._receive(signal_number)


def _leave(signal_number: int) -> None:
    """Exit at once: no trial runs yet, and context managers end what was started."""
    raise SystemExit(exit_code_of(signal_number))
