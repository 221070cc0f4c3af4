"""Ask a person at the terminal: for approval, at a decision point, or at the end. Used by `command`.

The event loop reads the terminal line by line, so that trials and the table continue while the question is open.
"""

from __future__ import annotations

import asyncio
import os
import sys
import termios
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol, TextIO

from hposweep.api import conditions as c
from hposweep.api.decisions import APPROVE, ASK, CONTINUE, REJECT, STOP, Answer
from hposweep.api.status import DecisionStatus, Status

ANSWERS = {"c": CONTINUE, "continue": CONTINUE, "s": STOP, "stop": STOP}
_YES, _NO = ("y", "yes", "a", "approve"), ("n", "no", "r", "reject")


class Person(Protocol):
    """The effects of an answer."""

    def answer(self, answer: Answer) -> None: ...

    def approve(self, reason: str) -> None: ...

    def decline(self) -> None: ...


class Question(Protocol):
    """One question. `key` tells it from others, so that each is printed once."""

    @property
    def key(self) -> str: ...

    def prompt(self) -> Iterable[str]: ...

    def take(self, line: str, person: Person) -> str:
        """Act on a line of the terminal, and return the sentence that says so."""


@dataclass(frozen=True)
class DecisionQuestion:
    """A decision point that asks."""

    name: str

    @property
    def key(self) -> str:
        return f"decision {self.name}"

    def prompt(self) -> Iterator[str]:
        yield f"decision `{self.name}`: type c to continue or s to stop, then press Enter"

    def take(self, line: str, person: Person) -> str:
        choice = ANSWERS.get(line.lower())
        if choice is None:
            return f"decision `{self.name}`: type c or s (got `{line}`)"
        person.answer(Answer(choice, decision=self.name))
        return f"decision `{self.name}`: answered {choice}"


@dataclass(frozen=True)
class ApprovalQuestion:
    """The gate of approval; `message` is that of its condition."""

    message: str

    @property
    def key(self) -> str:
        return f"approval {self.message}"

    def prompt(self) -> Iterator[str]:
        yield from self.message.splitlines()
        yield "approve? Type y and your reason, or n to end the run, then press Enter"

    def take(self, line: str, person: Person) -> str:
        word, _, reason = line.partition(" ")
        if word.lower() in _YES:
            person.approve(reason.strip())
            return "approved"
        if word.lower() in _NO:
            person.decline()
            return "not approved"
        return f"approve? Type y or n (got `{line}`)"


@dataclass(frozen=True)
class CriterionQuestion:
    """A question of a criterion `approval` at the end; an empty line leaves it open."""

    question: str

    @property
    def key(self) -> str:
        return f"criterion {self.question}"

    def prompt(self) -> Iterator[str]:
        yield f"{self.question} Type y or n and your reason, or nothing to answer later, then press Enter"

    def take(self, line: str, person: Person) -> str:
        word, _, reason = line.partition(" ")
        if not line:
            person.decline()
            return f"`{self.question}` stays open"
        if word.lower() not in (*_YES, *_NO):
            return f"`{self.question}`: type y or n (got `{line}`)"
        answer = APPROVE if word.lower() in _YES else REJECT
        person.answer(Answer(answer, question=self.question, reason=reason.strip()))
        return f"`{self.question}`: answered {answer}"


@dataclass
class Questions:
    """The question that is open, and the person who may answer it. `reason`: of `--approve`, which is the answer."""

    say: Callable[[str], None]
    person: Person
    terminal: TextIO = field(default_factory=lambda: sys.stdin)
    reason: str | None = None
    _open: Question | None = None
    _is_listening: bool = False

    @property
    def has_terminal(self) -> bool:
        return _is_terminal(self.terminal)

    @property
    def may_approve(self) -> bool:
        """Return whether an approval can be given here."""
        return self.reason is not None or self.has_terminal

    def show(self, status: Status | None) -> None:
        """Print a question once, when it opens, and listen as long as it is open. Called several times a second."""
        self.ask(open_question(status) if status is not None else None)

    def ask(self, question: Question | None) -> None:
        """Ask it, or nothing more."""
        if isinstance(question, ApprovalQuestion) and self.reason is not None:
            self.person.approve(self.reason)
            return
        is_new = question is not None and (self._open is None or question.key != self._open.key)
        if question is not None and is_new and _is_terminal(self.terminal):
            with suppress(OSError, termios.error):
                termios.tcflush(self.terminal, termios.TCIFLUSH)  # a key pressed earlier is no answer
            for line in question.prompt():
                self.say(line)
        self._open = question
        if question is None:
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
        if not line:
            self.close()
            if not isinstance(self._open, DecisionQuestion):  # which has a default
                self.person.decline()
        elif self._open is not None:
            self.say(self._open.take(line.strip(), self.person))


def open_question(status: Status) -> Question | None:
    """Return the question that the status asks: the approval first, because nothing runs before it."""
    approved = status.condition(c.APPROVED)
    if approved is not None and approved.status == c.FALSE:
        return ApprovalQuestion(approved.message)
    name = next((row.name for row in status.decisions if _is_open(row)), None)
    return DecisionQuestion(name) if name is not None else None


def _is_open(row: DecisionStatus) -> bool:
    return row.outcome == ASK and row.deadline is not None


def _is_terminal(stream: TextIO) -> bool:
    return not stream.closed and stream.isatty()


def _is_in_foreground(stream: TextIO) -> bool:
    try:
        return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except OSError:
        return True  # a terminal that controls no job
