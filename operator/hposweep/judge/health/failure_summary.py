"""Causes of failed trials, most frequent class first, and their remedy. Called by the rules about failures.

Classes, errors and log lines come from the attributes that workers wrote on the trials, already without secrets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hposweep.model.history import Trial
from hposweep.text import first_line, truncate, truncate_start
from hpotrial import protocol

_ERROR_CHARACTERS = 160
_TAIL_CHARACTERS = 200
_MAX_CLASSES = 3  # of a summary; the others are counted only
_NO_CLASS = "no class"  # a trial of a plain Optuna worker
_REMEDIES = {entry.name: entry.remedy for entry in protocol.FAILURES}
_NO_REMEDY = "read the log of the trial"


def summarize(failed: Sequence[Trial], *, max_classes: int = _MAX_CLASSES, has_tail: bool = True) -> str:
    """Return the classes by frequency, each with its most frequent error, and the last lines of one trial."""
    by_class = Counter(_class(trial) for trial in failed)
    names = [name for name, _ in _most_frequent(by_class)][:max_classes]
    parts = [_cause(name, [trial for trial in failed if _class(trial) == name]) for name in names]
    omitted = len(by_class) - max_classes
    if omitted > 0:
        parts.append(f"{omitted} more {'class' if omitted == 1 else 'classes'}")
    tail = next((text for trial in reversed(failed) if (text := _tail(trial))), "") if has_tail else ""
    return "; ".join(parts) + tail


def remedy(failed: Sequence[Trial]) -> str:
    """Return the remedy for the most frequent class."""
    name = _most_frequent(Counter(_class(trial) for trial in failed))[0][0]
    return _REMEDIES.get(name, _NO_REMEDY)


def describe(trial: Trial) -> str:
    """Return class and error of one trial."""
    error = _error(trial)
    return f"{_class(trial)}: {error}" if error else _class(trial)


def _most_frequent(by_class: Counter[str]) -> list[tuple[str, int]]:
    # Ties by name, so that the same trials give the same sentence.
    return sorted(by_class.items(), key=lambda item: (-item[1], item[0]))[:_MAX_CLASSES]


def _cause(name: str, trials: Sequence[Trial]) -> str:
    errors = Counter(error for trial in trials if (error := _error(trial)))
    if not errors:
        return f"{name} {_times(len(trials))}"
    frequent = min(errors, key=lambda error: (-errors[error], error))
    last = next(trial.number for trial in reversed(trials) if _error(trial) == frequent)
    return f'{name} {_times(len(trials))}, mostly "{frequent}" (trial {last})'


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _class(trial: Trial) -> str:
    return str(trial.attributes.get(protocol.CLASS) or _NO_CLASS)


def _error(trial: Trial) -> str:
    return truncate(first_line(str(trial.attributes.get(protocol.ERROR) or "")), _ERROR_CHARACTERS)


def _tail(trial: Trial) -> str:
    """Return the end of the trial's output, on one line."""
    text = " | ".join(line.strip() for line in str(trial.attributes.get(protocol.LOG_TAIL) or "").splitlines() if line)
    return f"; trial {trial.number} ended with: {truncate_start(text, _TAIL_CHARACTERS)}" if text else ""
