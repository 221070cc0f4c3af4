"""Print a run: a live table in a terminal, lines in a file or a pipe. Called by `cluster.local` and `command`."""

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

MAX_EVENTS = 5
EVENT_INDENT = 9  # columns of the time before an event
MIN_WIDTH = 20  # columns
_UP, _CLEAR_BELOW = "\x1b[{}A", "\x1b[J"


@dataclass
class LineScreen:
    """Print one line whenever the status changed."""

    out: TextIO
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)
    _last_cells: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._started = self.clock()

    def show(self, status: Status) -> None:
        cells = format.cells(status)
        if cells != self._last_cells:
            if not self._last_cells:
                self.say(format.HEADER)
            self._last_cells = cells
            self.say(format.COLUMNS.format(*cells, short_duration(self.clock() - self._started)))

    def tell(self, event: Event) -> None:
        self.say(format.event_line(event))

    def say(self, line: str) -> None:
        self.out.write(f"{line}\n")
        self.out.flush()

    def tick(self) -> None:
        """Do nothing: a file shows no elapsed time."""

    def close(self) -> None:
        """Do nothing: every line is complete."""


@dataclass
class TableScreen:
    """Redraw a table in place; lines that stay scroll away above it."""

    out: TextIO
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)
    _status: Status | None = None
    _events: deque[str] = field(default_factory=lambda: deque(maxlen=MAX_EVENTS))
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
        self._draw(format.wrapped(line, terminal_width()))
        self._height = 0
        self.tick()

    def tick(self) -> None:
        if self._is_closed:
            return
        row = format.COLUMNS.format(*format.cells(self._status), short_duration(self.clock() - self._started))
        width = terminal_width()
        message = [*format.wrapped(self._status.message, width), ""] if self._status and self._events else []
        events = [line for event in self._events for line in format.wrapped(event, width, EVENT_INDENT)]
        self._draw([format.HEADER, row, *message, *events])

    def close(self) -> None:
        """Draw the table a last time."""
        self.tick()
        self._is_closed = True

    def _draw(self, lines: list[str]) -> None:
        width = terminal_width()
        fitting = [truncate(line, width - 1) for line in lines]
        back = _UP.format(self._height) if self._height else ""
        self.out.write(f"\r{back}{_CLEAR_BELOW}" + "".join(f"{line}\n" for line in fitting))
        self.out.flush()
        self._height = len(fitting)


Screen = LineScreen | TableScreen


def terminal_width() -> int:
    """Return the columns of the terminal; 80 where there is none."""
    return max(shutil.get_terminal_size().columns, MIN_WIDTH)


def screen(out: TextIO) -> Screen:
    return TableScreen(out) if out.isatty() else LineScreen(out)
