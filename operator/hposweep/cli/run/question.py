"""Answer a decision point that asks, at the terminal. Used by `command`.

The event loop reads the terminal line by line, so that trials and the table continue while the question is open.
"""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from hposweep.api.decisions import ASK, CONTINUE, STOP, Answer
from hposweep.api.status import DecisionStatus, Status

ANSWERS = {"c": CONTINUE, "continue": CONTINUE, "s": STOP, "stop": STOP}


@dataclass
class Questions:
    """The question that is open, and the person who may answer it."""

    say: Callable[[str], None]
    answer: Callable[[Answer], None]
    terminal: TextIO = field(default_factory=lambda: sys.stdin)
    _open: str = ""

    def listen(self) -> None:
        """Read answers in this event loop. Without a terminal there is no one to ask."""
        if self.terminal.isatty():
            asyncio.get_running_loop().add_reader(self.terminal.fileno(), self.read)

    def close(self) -> None:
        if self.terminal.isatty():
            asyncio.get_running_loop().remove_reader(self.terminal.fileno())

    def show(self, status: Status | None) -> None:
        """Print a question once, when it opens."""
        question = next((row for row in (status.decisions if status else ()) if _is_open(row)), None)
        name = question.name if question else ""
        if name and name != self._open and self.terminal.isatty():
            self.say(f"decision `{name}`: type c to continue or s to stop, then press Enter")
        self._open = name

    def read(self) -> None:
        """Read one line. An end of the input ends the listening."""
        line = self.terminal.readline()
        if not line:
            self.close()
            return
        choice = ANSWERS.get(line.strip().lower())
        if self._open and choice is None:
            self.say(f"decision `{self._open}`: type c or s (got `{line.strip()}`)")
        elif self._open and choice is not None:
            self.say(f"decision `{self._open}`: answered {choice}")
            self.answer(Answer(self._open, choice, by=getpass.getuser()))
            self._open = ""


def _is_open(row: DecisionStatus) -> bool:
    return row.outcome == ASK and row.deadline is not None
