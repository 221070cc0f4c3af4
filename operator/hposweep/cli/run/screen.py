"""Who watches a run: a live table in a terminal, lines in a file or a pipe. `cluster.local` shows and tells."""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from hposweep.api.status import Status
from hposweep.cli.run import format
from hposweep.model.event import Event
from hposweep.text import short_duration, truncate

SHOWN_EVENTS = 5
_UP, _CLEAR_BELOW = "\x1b[{}A", "\x1b[J"


@dataclass
class Lines:
    """One line whenever something moved."""

    out: TextIO
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)
    _shown: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._started = self.clock()

    def show(self, status: Status) -> None:
        now = format.cells(status)
        if now != self._shown:
            if not self._shown:
                self.say(format.HEADER)
            self._shown = now
            self.say(format.COLUMNS.format(*now, short_duration(self.clock() - self._started)))

    def tell(self, event: Event) -> None:
        self.say(format.event_line(event))

    def say(self, line: str) -> None:
        self.out.write(f"{line}\n")
        self.out.flush()

    def tick(self) -> None:
        """Time passes; in a file nobody wants to see that."""

    def close(self) -> None:
        """Nothing is left to draw."""


@dataclass
class Table:
    """The table stays where it is, and changes; what was said for good scrolls away above it."""

    out: TextIO
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)
    _status: Status | None = None
    _events: deque[str] = field(default_factory=lambda: deque(maxlen=SHOWN_EVENTS))
    _height: int = 0
    _is_closed: bool = False

    def __post_init__(self) -> None:
        self._started = self.clock()

    def show(self, status: Status) -> None:
        self._status = status
        self.tick()

    def tell(self, event: Event) -> None:
        self._events.append(f"{event.time.astimezone():%H:%M:%S} {format.event_line(event)}")
        self.tick()

    def say(self, line: str) -> None:
        self._draw([line])
        self._height = 0
        self.tick()

    def tick(self) -> None:
        if self._is_closed:
            return
        row = format.COLUMNS.format(*format.cells(self._status), short_duration(self.clock() - self._started))
        message = [self._status.message, ""] if self._status and self._events else []
        self._draw([format.HEADER, row, *message, *self._events])

    def close(self) -> None:
        """What stands there now stays."""
        self.tick()
        self._is_closed = True

    def _draw(self, lines: list[str]) -> None:
        width = max(shutil.get_terminal_size().columns, 20)
        fitting = [truncate(line, width - 1) for line in lines]
        back = _UP.format(self._height) if self._height else ""
        self.out.write(f"\r{back}{_CLEAR_BELOW}" + "".join(f"{line}\n" for line in fitting))
        self.out.flush()
        self._height = len(fitting)


Screen = Lines | Table


def screen(out: TextIO) -> Screen:
    return Table(out) if out.isatty() else Lines(out)
