"""Why trials failed, most frequent cause first, and what helps against it. Called by rules about failures.

Classes, errors and log lines are what the workers wrote on the trials; they are free of secrets already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hposweep.model.history import Trial
from hpotrial import protocol

_ERROR_CHARACTERS = 160
_TAIL_CHARACTERS = 200
_CLASSES_SHOWN = 3
_UNKNOWN = "no class"  # a trial of a plain Optuna worker

_REMEDIES = {
    protocol.OUT_OF_MEMORY: (
        "ask for more memory in `spec.workers.template`, or narrow what the search space lets grow (batch size, width)"
    ),
    protocol.DATA_MISSING: "see that the volumes of `spec.workers.template` hold the files that the objective reads",
    protocol.IMPORT_ERROR: "build the missing module into the image, or put it into `spec.objective.sourceRef`",
    protocol.NOT_FINITE: "narrow the ranges in which the value diverges (a learning rate, say), or prune such trials",
    protocol.TIMED_OUT: "raise `spec.trials.timeoutSeconds`, or narrow what makes trials long",
    protocol.CRASHED: "look in the trial's log for a signal or an exit; drivers and native libraries come first",
    protocol.OBJECTIVE_ERROR: "mend the objective: the error names the place",
    protocol.PREEMPTED: "give the workers a priority, or nodes of their own, or raise `spec.trials.maxRetries`",
    protocol.NODE_LOST: "look at the nodes that went, or raise `spec.trials.maxRetries`",
    protocol.DATABASE_LOST: "look at the database, or raise `spec.study.storage.outageSeconds`",
}
_NO_REMEDY = "look at the log of the trial"


def causes(failed: Sequence[Trial]) -> str:
    """Classes in the order of their numbers, each with its most frequent error, and the last lines of one trial."""
    by_class = Counter(_class(trial) for trial in failed)
    parts = [_cause(name, [trial for trial in failed if _class(trial) == name]) for name, _ in _first(by_class)]
    left = len(by_class) - _CLASSES_SHOWN
    if left > 0:
        parts.append(f"{left} other classes")
    tail = next((said for trial in reversed(failed) if (said := _tail(trial))), "")
    return "; ".join(parts) + tail


def remedy(failed: Sequence[Trial]) -> str:
    """What helps against the most frequent class."""
    name = _first(Counter(_class(trial) for trial in failed))[0][0]
    return _REMEDIES.get(name, _NO_REMEDY)


def what(trial: Trial) -> str:
    """Class and error of one trial."""
    said = _error(trial)
    return f"{_class(trial)}: {said}" if said else _class(trial)


def _first(by_class: Counter[str]) -> list[tuple[str, int]]:
    """Ties by name, so that the same trials give the same words."""
    return sorted(by_class.items(), key=lambda item: (-item[1], item[0]))[:_CLASSES_SHOWN]


def _cause(name: str, trials: Sequence[Trial]) -> str:
    errors = Counter(said for trial in trials if (said := _error(trial)))
    if not errors:
        return f"{name} {_times(len(trials))}"
    said = min(errors, key=lambda error: (-errors[error], error))
    last = next(trial.number for trial in reversed(trials) if _error(trial) == said)
    return f'{name} {_times(len(trials))}, mostly "{said}" (trial {last})'


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _class(trial: Trial) -> str:
    return str(trial.attributes.get(protocol.CLASS) or _UNKNOWN)


def _error(trial: Trial) -> str:
    first = str(trial.attributes.get(protocol.ERROR) or "").partition("\n")[0].strip()
    return first if len(first) <= _ERROR_CHARACTERS else f"{first[: _ERROR_CHARACTERS - 1]}…"


def _tail(trial: Trial) -> str:
    """The end of what it printed, on one line."""
    text = " | ".join(line.strip() for line in str(trial.attributes.get(protocol.LOG_TAIL) or "").splitlines() if line)
    shown = text if len(text) <= _TAIL_CHARACTERS else f"…{text[1 - _TAIL_CHARACTERS :]}"
    return f"; trial {trial.number} ended with: {shown}" if shown else ""
