"""Trials of a file of JSON lines, as `hposweep run` writes it and as others may. Called by `load`.

Every line that cannot be used is named, not only the first: who mends a file wants to mend it once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from hposweep.api.spec import StudyObjectiveSpec
from hposweep.cli.run.errors import RefusedInputError
from hposweep.model.history import COMPLETE, STATES, History, Trial, build_trial, read_value

STANDARD_INPUT = "-"
MOST_FAULTS = 20  # a file of another format has one in each line


class _LineError(Exception):
    """One sentence about one line."""


def read_trials(file: str, goals: Sequence[StudyObjectiveSpec]) -> History:
    """Raises RefusedInputError."""
    name = "the standard input" if file == STANDARD_INPUT else file
    trials: dict[int, Trial] = {}
    faults: list[str] = []
    for place, line in enumerate(_lines(file, name), start=1):
        if not line.strip():
            continue
        try:
            trial = _trial(_object(line), goals)
            if trial.number in trials:
                raise _LineError(f"`number` {trial.number} is there already; each trial has a number of its own")
            trials[trial.number] = trial
        except _LineError as error:
            faults.append(f"{name}, line {place}: {error}")
    if len(faults) > MOST_FAULTS:
        faults[MOST_FAULTS:] = [f"{name}: {len(faults) - MOST_FAULTS} more lines cannot be used"]
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
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise _LineError(f"not JSON: {error.msg} (column {error.colno})") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, a thousand brackets
        raise _LineError("JSON that is beyond all bounds") from None
    if not isinstance(found, dict):
        raise _LineError("must be a JSON object with `number`, `state`, `params` and `values`")
    return found


def _trial(row: Mapping[str, Any], goals: Sequence[StudyObjectiveSpec]) -> Trial:
    """Keys that nobody knows are left alone: people keep notes."""
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
    row: Mapping[str, Any], key: str, is_right: Callable[[Any], bool], wanted: str, default: Any = _REQUIRED
) -> Any:
    value = row.get(key)
    if value is None and default is not _REQUIRED:
        return default
    if key not in row:
        raise _LineError(f"`{key}` is missing; it {wanted}")
    if not is_right(value):
        raise _LineError(f"`{key}` is {json.dumps(value)}; it {wanted}")
    return value


def _values(given: Any, goals: Sequence[StudyObjectiveSpec]) -> list[float]:
    """In the order of the objectives: a list, an object by their names, or with one objective the number itself."""
    names = [goal.name for goal in goals]
    wanted = f"a COMPLETE trial needs one for each of {', '.join(f'`{name}`' for name in names)}"
    if isinstance(given, dict):
        missing = [name for name in names if given.get(name) is None]
        if missing:
            raise _LineError(f"`values` has none for `{missing[0]}`; {wanted}")
        given = [given[name] for name in names]
    elif not isinstance(given, list):
        given = [] if given is None else [given]
    if len(given) != len(names):
        raise _LineError(f"`values` has {len(given)}; {wanted}")
    return [_number(value) for value in _checked(given)]


def _checked(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise _LineError(f'`values` holds {json.dumps(value)}; each must be a number, "inf" or "-inf"')
        yield value


def _number(value: float | str) -> float:
    try:
        return read_value(value)
    except (ValueError, OverflowError):
        raise _LineError(f'`values` holds {json.dumps(value)}; each must be a number, "inf" or "-inf"') from None


def _time(given: Any) -> datetime | None:
    if given is None:
        return None
    try:
        return datetime.fromisoformat(given)
    except (TypeError, ValueError):
        wanted = "a time like 2026-01-31T12:00:00Z, or null"
        raise _LineError(f"`completed` is {json.dumps(given)}; it must be {wanted}") from None


def _is_state(value: Any) -> bool:
    return value in STATES


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_duration(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)
