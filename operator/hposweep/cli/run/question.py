"""Answer a decision point that asks, at the terminal. Used by `command`.

The event loop reads the terminal line by line, so that trials and the table continue while the question is open.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
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
    _is_listening: bool = False

    def show(self, status: Status | None) -> None:
        """Print a question once, when it opens, and listen as long as it is open. Called several times a second."""
        question = next((row for row in (status.decisions if status else ()) if _is_open(row)), None)
        name = question.name if question else ""
        if name and name != self._open and _is_terminal(self.terminal):
            with suppress(OSError, termios.error):
                termios.tcflush(self.terminal, termios.TCIFLUSH)  # a key pressed earlier is no answer
            self.say(f"decision `{name}`: type c to continue or s to stop, then press Enter")
        self._open = name
        if not name:
            self.close()
        elif not self._is_listening and _is_terminal(self.terminal) and _is_in_foreground(self.terminal):
            asyncio.get_running_loop().add_reader(self.terminal.fileno(), self.read)
            self._is_listening = True

    def close(self) -> None:
        if self._is_listening:
            asyncio.get_running_loop().remove_reader(self.terminal.fileno())
            self._is_listening = False

    def read(self) -> None:
        """Read one line. Stop listening at the end of the input, and in the background, where reading would stop us."""
        if not _is_in_foreground(self.terminal):
            self.close()
            return
        try:
            line = self.terminal.readline()
        except OSError:  # the terminal is gone
            line = ""
        choice = ANSWERS.get(line.strip().lower())
        if not line:
            self.close()
        elif self._open and choice is None:
            self.say(f"decision `{self._open}`: type c or s (got `{line.strip()}`)")
        elif self._open and choice is not None:
            self.say(f"decision `{self._open}`: answered {choice}")
            self.answer(Answer(self._open, choice, by=getpass.getuser()))


def _is_open(row: DecisionStatus) -> bool:
    return row.outcome == ASK and row.deadline is not None


def _is_terminal(stream: TextIO) -> bool:
    return not stream.closed and stream.isatty()


def _is_in_foreground(stream: TextIO) -> bool:
    try:
        return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except OSError:
        return True  # a terminal that controls no job
