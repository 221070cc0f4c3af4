"""The result of a command objective: its result file, otherwise the last line that it printed.

Every error is one sentence that names the file, for the trial's record.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_BYTES = 2**20
SHOWN_CHARACTERS = 80
FILE = "HPO_RESULT_FILE"
SHAPES = 'a number, a list of numbers, or {"value" or "values", "attributes", "constraints"}'
KEYS = {"value", "values", "attributes", "constraints"}


class InvalidResultError(Exception):
    """The program's result or steps are invalid."""


@dataclass(frozen=True, slots=True)
class Result:
    """The values, user attributes and constraints of the trial."""

    values: tuple[float, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    constraints: Mapping[str, float] = field(default_factory=dict)


def read(file: Path, last_line: str) -> Result | None:
    """Read the result. None when the program wrote no file and printed no line."""
    if file.exists() or file.is_symlink():
        return _read_content(_parse(_read_text(file), FILE), FILE)
    if not last_line:
        return None
    source = "the last line of its output"
    try:
        return _read_content(_parse(last_line, source), source)
    except InvalidResultError as error:
        raise InvalidResultError(f"{error}; and {FILE} was not written") from error


def _read_text(file: Path) -> str:
    if not file.is_file():  # because a pipe would never end
        raise InvalidResultError(f"{FILE}: is not a regular file")
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidResultError(f"{FILE}: cannot be read ({error.strerror})") from error
    if len(content) > MAX_BYTES:
        raise InvalidResultError(f"{FILE}: is larger than {MAX_BYTES} bytes; it must hold {SHAPES}")
    if not content.strip():
        raise InvalidResultError(f"{FILE}: is empty; it must hold {SHAPES}")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InvalidResultError(f"{FILE}: is not UTF-8 text (byte {error.start})") from error


def _parse(text: str, source: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        number = _number(text)
        if number is not None:  # "1." or ".5" are numbers, though not in JSON
            return number
        if isinstance(error, json.JSONDecodeError) and _is_cut(error):
            end = excerpt(text.rstrip()[-SHOWN_CHARACTERS:])
            raise InvalidResultError(f"{source}: ends in the middle of its JSON, after {end}") from error
        raise InvalidResultError(f"{source}: {excerpt(text)} is not JSON; it must be {SHAPES}") from error


def _is_cut(error: json.JSONDecodeError) -> bool:
    """Return whether the JSON is valid up to its end: the writer did not finish, or is still writing."""
    return error.msg.startswith("Unterminated string") or error.pos >= len(error.doc.rstrip()) - 1


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _read_content(content: Any, source: str) -> Result:
    if not isinstance(content, dict):
        return Result(_values(content, source))
    if unknown := content.keys() - KEYS:
        raise InvalidResultError(f"{source}: has `{min(unknown)}`; allowed are {', '.join(sorted(KEYS))}")
    if ("value" in content) == ("values" in content):
        raise InvalidResultError(f"{source}: must have exactly one of `value` and `values`")
    attributes, constraints = content.get("attributes") or {}, content.get("constraints") or {}
    if not isinstance(attributes, dict) or not isinstance(constraints, dict):
        raise InvalidResultError(f"{source}: `attributes` and `constraints` must be objects")
    for name, value in constraints.items():
        if not _is_number(value):
            raise InvalidResultError(f"{source}: constraint `{name}` is {excerpt(value)}, must be a number")
    values = _values(content.get("value", content.get("values")), source)
    return Result(values, attributes, {name: as_float(value) for name, value in constraints.items()})


def _values(content: Any, source: str) -> tuple[float, ...]:
    values = content if isinstance(content, list) else [content]
    for value in values:
        if not _is_number(value):
            raise InvalidResultError(f"{source}: {excerpt(value)} is not a number; it must be {SHAPES}")
    return tuple(map(as_float, values))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def as_float(number: float) -> float:
    """Return the number; infinity for an integer that is too large for a float."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def excerpt(value: Any) -> str:
    """Return the beginning of a value, for an error."""
    text = value if isinstance(value, str) else json.dumps(value)
    return f"`{text[:SHOWN_CHARACTERS]}`"
