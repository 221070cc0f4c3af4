"""The messages between the supervisor and the process of one trial, and the ways in which a trial ends.

`process.supervisor` and `process.child` exchange them. They hold plain values only, because an object of the user's
classes would import the user's modules, torch included, into the supervisor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hpotrial.protocol.config import Objective


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """The trial and its study, as far as they never change while the trial runs."""

    number: int
    trial_id: int
    study_id: int
    study_name: str
    directions: tuple[str, ...]  # names of Optuna's StudyDirection, because this module imports no Optuna
    seed: int | None = None  # of a champion


@dataclass(frozen=True, slots=True)
class Task:
    """The task of a fresh process: one trial, or, without one, only to load the objective."""

    objective: Objective
    source_path: str | None
    trial: TrialFacts | None = None
    retry_on: tuple[str, ...] = ()  # exceptions of the user that are worth another attempt
    callbacks: tuple[str, ...] = ()  # to call once the trial's end is in the study
    has_ended: bool = False  # the trial's own process is gone, and only the callbacks are to be called


@dataclass(frozen=True, slots=True)
class EndRecorded:
    """The worker has written the trial's end: the process may call the callbacks."""


@dataclass(frozen=True, slots=True)
class CallbacksCalled:
    """The callbacks were called; a sentence for each that failed."""

    errors: tuple[str, ...] = ()


CallId = tuple[int, int]  # the process that calls, and its count; forked processes of a trial share its pipe
NO_CALL = (0, 0)


@dataclass(frozen=True, slots=True)
class Call:
    """The trial's code calls the real trial (`suggest_float`), its study (`study.stop`) or storage (`storage.…`)."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)
    id: CallId = NO_CALL


@dataclass(frozen=True, slots=True)
class Reply:
    """The call returned this."""

    value: Any
    call: CallId = NO_CALL


@dataclass(frozen=True, slots=True)
class Refusal:
    """The call raised this; it is raised again where the user's code called."""

    exception: Exception
    call: CallId = NO_CALL


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
    """The objective raised TrialPruned, with or without a message."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """The objective raised anything else."""

    type_name: str
    message: str
    traceback: str
    kinds: tuple[str, ...] = ()  # `module.Class` of the exception, of its bases and of what caused it
    place: str = ""  # `file:line` of the user's code
    is_unreadable: bool = False  # a PermissionError about a file that cannot be read at all
    retry_on: str = ""  # the entry of `Task.retry_on` that it is an instance of


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
Message = Call | CallbacksCalled | TrialEnd
