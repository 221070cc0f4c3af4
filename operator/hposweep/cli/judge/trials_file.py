"""Read trials from a file of JSON lines, such as `hposweep run` writes. Called by `load`.

Every invalid line is reported, not only the first, so that a file is fixed once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from hposweep.api.plain import read_number
from hposweep.api.spec import StudyObjectiveSpec
from hposweep.cli.run.errors import RefusedInputError
from hposweep.model.history import COMPLETE, STATES, History, Trial, build_trial
from hposweep.text import truncate

STANDARD_INPUT = "-"
_MAX_VALUE_CHARACTERS = 60
MAX_FAULTS = 20  # reported; a file of another format has one in each line


class _LineError(Exception):
    """A line is invalid; the message is one sentence."""


def read_trials(file: str, goals: Sequence[StudyObjectiveSpec]) -> History:
    """Return the trials of a file or of standard input. Raises RefusedInputError."""
    name = "standard input" if file == STANDARD_INPUT else file
    trials: dict[int, Trial] = {}
    faults: list[str] = []
    for place, line in enumerate(_lines(file, name), start=1):
        if not line.strip():
            continue
        try:
            trial = _trial(_object(line), goals)
            if trial.number in trials:
                raise _LineError(f"`number` {trial.number} exists already; each trial needs its own number")
            trials[trial.number] = trial
        except _LineError as error:
            faults.append(f"{name}, line {place}: {error}")
    if len(faults) > MAX_FAULTS:
        faults[MAX_FAULTS:] = [f"{name}: {len(faults) - MAX_FAULTS} more lines cannot be used"]
    if faults:
        raise RefusedInputError.of(faults)
    return History(tuple(trials.values()))


def _lines(file: str, name: str) -> list[str]:
    try:
        text = sys.stdin.read() if file == STANDARD_INPUT else Path(file).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RefusedInputError(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RefusedInputError(f"{name} is not text in UTF-8") from None
    return text.split("\n")


def _object(line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise _LineError(f"not JSON: {error.msg} (column {error.colno})") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, a thousand brackets
        raise _LineError("JSON with a number or a nesting that is too long") from None
    if not isinstance(row, dict):
        raise _LineError("must be a JSON object with `number`, `state`, `params` and `values`")
    return row


def _trial(row: Mapping[str, Any], goals: Sequence[StudyObjectiveSpec]) -> Trial:
    """Return the trial of one object; unknown keys are ignored."""
    state = _field(row, "state", _is_state, f"must be one of {', '.join(STATES)}")
    return build_trial(
        number=_field(row, "number", _is_count, "must be a whole number of at least 0"),
        state=state,
        params=_field(row, "params", _is_object, "must be an object: a value for each parameter", {}),
        values=_values(row.get("values"), goals) if state == COMPLETE else None,
        seconds=_field(row, "seconds", _is_duration, "must be a number of at least 0, or null", None),
        attributes=_field(row, "attributes", _is_object, "must be an object", {}),
        completed=_time(row.get("completed")),
        is_feasible=_field(row, "feasible", lambda value: isinstance(value, bool), "must be true or false", True),
    )


_REQUIRED: Any = object()


def _field(
    row: Mapping[str, Any], key: str, is_right: Callable[[Any], bool], requirement: str, default: Any = _REQUIRED
) -> Any:
    value = row.get(key)
    if value is None and default is not _REQUIRED:
        return default
    if key not in row:
        raise _LineError(f"`{key}` is missing; it {requirement}")
    if not is_right(value):
        raise _LineError(f"`{key}` {requirement} (got {_excerpt(value)})")
    return value


def _values(value: Any, goals: Sequence[StudyObjectiveSpec]) -> list[float]:
    """Return values in the order of the objectives, from a list, an object by name, or a single number."""
    names = [goal.name for goal in goals]
    requirement = f"a COMPLETE trial needs one for each of {', '.join(f'`{name}`' for name in names)}"
    if isinstance(value, dict):
        missing = [name for name in names if value.get(name) is None]
        if missing:
            raise _LineError(f"`values` has no value for `{missing[0]}`; {requirement}")
        value = [value[name] for name in names]
    elif not isinstance(value, list):
        value = [] if value is None else [value]
    if not value:
        raise _LineError(f"`values` is missing; {requirement}")
    if len(value) != len(names):
        raise _LineError(f"`values` has {len(value)}; {requirement}")
    return [_number(entry) for entry in _checked(value)]


def _checked(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise _LineError(
                f'each of `values` must be a number, "Infinity", "-Infinity" or "NaN" (got {_excerpt(value)})'
            )
        yield value


def _number(value: float | str) -> float:
    try:
        return read_number(value)
    except (ValueError, OverflowError):
        raise _LineError(
            f'each of `values` must be a number, "Infinity", "-Infinity" or "NaN" (got {_excerpt(value)})'
        ) from None


def _time(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        requirement = "a time like 2026-01-31T12:00:00Z, or null"
        raise _LineError(f"`completed` must be {requirement} (got {_excerpt(value)})") from None


def _excerpt(value: Any) -> str:
    return truncate(json.dumps(value), _MAX_VALUE_CHARACTERS)


def _is_state(value: Any) -> bool:
    return value in STATES


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_duration(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)
