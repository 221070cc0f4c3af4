"""The messages between the supervisor and the process of one trial, and the ways in which a trial ends.

`process.supervisor` and `process.child` exchange them. They hold plain values only, because an object of the user's
classes would import the user's modules, torch included, into the supervisor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hpotrial.protocol.config import Objective


@dataclass(frozen=True, slots=True)
class Task:
    """The task of a fresh process: one trial, or, without a number, only to load the objective."""

    objective: Objective
    source_path: str | None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """The trial's code calls a method of the real trial (`suggest_float`) or of its study (`study.best_value`)."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """The call returned this."""

    value: Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """The call raised this; it is raised again where the user's code called."""

    exception: Exception


@dataclass(frozen=True, slots=True)
class ObjectiveLoaded:
    """The objective can be imported and called (the end of a process without a trial).

    `notes` are for the worker's log.
    """

    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectiveMissing:
    """The objective cannot be imported or called."""

    sentence: str
    is_import: bool = False  # its module was found and could not be imported, or was not found


@dataclass(frozen=True, slots=True)
class Returned:
    """The objective returned numbers. The supervisor checks that they are finite and as many as the study has."""

    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ReturnedInvalid:
    """The objective returned a value that is neither a number nor a sequence of numbers."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Pruned:
    """The objective raised TrialPruned."""


@dataclass(frozen=True, slots=True)
class Raised:
    """The objective raised anything else."""

    type_name: str
    message: str
    traceback: str
    kinds: tuple[str, ...] = ()  # `module.Class` of the exception, of its bases and of what caused it
    place: str = ""  # `file:line` of the user's code
    is_unreadable: bool = False  # a PermissionError about a file that cannot be read at all


@dataclass(frozen=True, slots=True)
class ProcessDied:
    """The process exited without a message: a signal (negative) or an exit code."""

    exit_code: int


@dataclass(frozen=True, slots=True)
class Exited:
    """The program of a command objective exited without a result: a signal (negative) or an exit code."""

    command: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The supervisor killed the trial because it ran for too long."""

    seconds: float


TrialEnd = (
    ObjectiveLoaded | ObjectiveMissing | Returned | ReturnedInvalid | Pruned | Raised | ProcessDied | Exited | TimedOut
)
Message = Call | TrialEnd
