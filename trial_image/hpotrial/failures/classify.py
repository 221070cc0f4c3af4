"""Classify how a trial ended: its state, values, failure class, message and fingerprint for the study. Pure."""

from __future__ import annotations

import math
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from optuna.study import StudyDirection
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.failures import patterns
from hpotrial.failures.fingerprint import fingerprint
from hpotrial.protocol.messages import (
    Exited,
    ObjectiveLoaded,
    ObjectiveMissing,
    ProcessDied,
    Pruned,
    Raised,
    Returned,
    ReturnedInvalid,
    TimedOut,
    TrialEnd,
)
from hpotrial.protocol.metrics import how_to_print

ERROR_CHARACTERS = 2000
SHELL_NOT_EXECUTABLE, SHELL_NOT_FOUND, SHELL_SIGNAL = 126, 127, 128
SHARED_MEMORY_SENTENCE = "mostly because `/dev/shm` is too small"
MEMORY_SENTENCE = "the kernel ended it for lack of memory"


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """The trial's end for the study. `pruned_because` is for PRUNED; other fields than state and values for FAIL."""

    state: TrialState
    values: tuple[float, ...] | None = None
    failure_class: str = ""
    error: str = ""
    fingerprint: str = ""
    log_tail: str = ""
    pruned_because: str = ""

    def attributes(self) -> dict[str, Any]:
        """Return the attributes of a trial that failed or was pruned."""
        fields = {
            protocol.CLASS: self.failure_class,
            protocol.ERROR: self.error,
            protocol.FINGERPRINT: self.fingerprint,
            protocol.LOG_TAIL: self.log_tail,
            protocol.PRUNED_BECAUSE: self.pruned_because,
        }
        return {key: value for key, value in fields.items() if value}


def classify(
    end: TrialEnd, directions: Sequence[StudyDirection], *, tail: str = "", is_oom_killed: bool = False
) -> TrialOutcome:
    """Return the outcome of the trial.

    `tail` holds the last lines that it printed; `is_oom_killed` says that the kernel killed one of its processes.
    """
    outcome = _classify(end, directions, tail, is_oom_killed)
    if outcome.state != TrialState.FAIL:
        return outcome
    # With `isolation: None` the output is not captured, and the traceback replaces it.
    log_tail = tail or (
        "\n".join(end.traceback.splitlines()[-protocol.LOG_TAIL_LINES :]) if isinstance(end, Raised) else ""
    )
    return replace(outcome, log_tail=log_tail)


def _classify(end: TrialEnd, directions: Sequence[StudyDirection], tail: str, is_oom_killed: bool) -> TrialOutcome:
    match end:
        case Returned(values):
            return _classify_values(values, directions)
        case Pruned(reason):
            return TrialOutcome(TrialState.PRUNED, pruned_because=reason.strip())
        case Raised():
            return _classify_raised(end, is_oom_killed)
        case Exited(command, exit_code):
            return _classify_exit(command, exit_code, tail, is_oom_killed)
        case ProcessDied(exit_code):
            return _classify_death(exit_code, tail, is_oom_killed)
        case TimedOut(seconds):
            sentence = f"the trial took longer than trials.timeoutSeconds ({seconds:g} s) and was killed"
            return _failed(protocol.TIMED_OUT, sentence)
        case ObjectiveMissing(sentence, is_import):
            return _failed(protocol.IMPORT_ERROR if is_import else protocol.OBJECTIVE_ERROR, sentence)
        case ReturnedInvalid(sentence):
            return _failed(protocol.OBJECTIVE_ERROR, sentence)
        case ObjectiveLoaded():
            return _failed(protocol.OBJECTIVE_ERROR, "the process was asked to look for the objective only")


def describe_death(exit_code: int) -> str:
    """Return a sentence for a process that ended without a result."""
    if exit_code >= 0:
        return f"the process ended with exit code {exit_code} and without a result"
    return f"the process was killed by {_signal_name(-exit_code)}"


def _classify_values(values: tuple[float, ...], directions: Sequence[StudyDirection]) -> TrialOutcome:
    if len(values) != len(directions):
        sentence = f"the objective returned {len(values)} values, the study has {len(directions)}"
        return _failed(protocol.OBJECTIVE_ERROR, sentence)
    for value, direction in zip(values, directions, strict=True):
        if math.isnan(value):
            return _failed(protocol.NOT_FINITE, "the objective returned NaN")
        if value == _unbeatable(direction):
            sentence = f"the objective returned {value}, which no other trial could beat"
            return _failed(protocol.NOT_FINITE, sentence)
    return TrialOutcome(TrialState.COMPLETE, values)


def _unbeatable(direction: StudyDirection) -> float:
    """Return the infinitely good value, an error. Objectives return the infinitely bad one to say "not possible"."""
    return math.inf if direction == StudyDirection.MAXIMIZE else -math.inf


def _classify_raised(end: Raised, is_oom_killed: bool) -> TrialOutcome:
    failure_class = patterns.class_of_exception(end)
    place = f" ({end.place})" if end.place else ""
    if is_oom_killed and failure_class == protocol.OBJECTIVE_ERROR:
        # A helper process of the trial was killed (a data loader, for example), and the trial failed without it.
        failure_class, place = protocol.OUT_OF_MEMORY, f"{place}; the kernel ended a process of it for lack of memory"
    first, newline, more_lines = end.message.partition("\n")
    headline = f"{end.type_name}: {first}" if first else end.type_name
    error = f"{headline[: ERROR_CHARACTERS - len(place)]}{place}{newline}{more_lines}"
    return _failed(failure_class, error, end.type_name, end.place, end.message)


def _classify_exit(command: str, exit_code: int, tail: str, is_oom_killed: bool) -> TrialOutcome:
    suffix = f": {patterns.last_line(tail)}" if tail.strip() else ""
    killed_by = -exit_code if exit_code < 0 else exit_code - SHELL_SIGNAL
    kind = str(exit_code)
    if exit_code == 0:
        problem = "ended with exit code 0 and without a result: it printed nothing on its standard output"
        return _failed(protocol.CRASHED, f"`{command}` {problem}. {how_to_print('OBJECTIVE')}", kind)
    if killed_by in set(signal.Signals):
        if is_oom_killed and killed_by == signal.SIGKILL:
            return _failed(protocol.OUT_OF_MEMORY, f"`{command}` was killed by SIGKILL: {MEMORY_SENTENCE}", kind)
        failure_class = _class_of_signal(killed_by, tail)
        return _failed(failure_class, f"`{command}` was killed by {_signal_name(killed_by)}{suffix}", kind)
    if exit_code == SHELL_NOT_FOUND:
        suffix = f", as when a program that it calls is not found{suffix}"
    elif exit_code == SHELL_NOT_EXECUTABLE:
        suffix = f", as when a program that it calls cannot be executed{suffix}"
    failure_class = protocol.OUT_OF_MEMORY if is_oom_killed else patterns.class_of_log_tail(tail)
    return _failed(failure_class, f"`{command}` ended with exit code {exit_code}{suffix}", kind)


def _classify_death(exit_code: int, tail: str, is_oom_killed: bool) -> TrialOutcome:
    sentence, kind = describe_death(exit_code), str(exit_code)
    if is_oom_killed and exit_code == -signal.SIGKILL:
        return _failed(protocol.OUT_OF_MEMORY, f"{sentence}: {MEMORY_SENTENCE}", kind)
    failure_class = _class_of_signal(-exit_code, tail)
    if failure_class == protocol.OUT_OF_MEMORY:
        sentence = f"{sentence}: {patterns.last_line(tail)}"
    elif failure_class == protocol.SHARED_MEMORY:
        sentence = f"{sentence}: {SHARED_MEMORY_SENTENCE}"
    return _failed(failure_class, sentence, kind)


def _class_of_signal(number: int, tail: str) -> str:
    """Return the class of a process that a signal ended, or that exited without a result and a signal."""
    if patterns.mentions_memory(tail):
        return protocol.OUT_OF_MEMORY
    if number == signal.SIGBUS or patterns.mentions_shared_memory(tail):
        return protocol.SHARED_MEMORY
    return protocol.CRASHED


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _failed(
    failure_class: str, error: str, kind: str = "", place: str = "", message: str | None = None
) -> TrialOutcome:
    return TrialOutcome(
        TrialState.FAIL,
        failure_class=failure_class,
        error=error[:ERROR_CHARACTERS],
        fingerprint=fingerprint(failure_class, kind, place, error if message is None else message),
    )
