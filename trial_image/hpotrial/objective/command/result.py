"""The result of a command objective: its result file, or else the last line that it printed.

Whatever is wrong with it is one sentence that names the file, for the trial's record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LARGEST_BYTES = 2**20
SHOWN_CHARACTERS = 80
FILE = "HPO_RESULT_FILE"
SHAPES = 'a number, a list of numbers, or {"value" or "values", "attributes", "constraints"}'
KEYS = {"value", "values", "attributes", "constraints"}


class InvalidResultError(Exception):
    """The program gave back something that has no meaning."""


@dataclass(frozen=True, slots=True)
class Result:
    """What is told to the study."""

    values: tuple[float, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    constraints: Mapping[str, float] = field(default_factory=dict)


def read(file: Path, last_line: str) -> Result | None:
    """None when the program said nothing at all."""
    if file.exists() or file.is_symlink():
        return _meaning(_parsed(_content(file), FILE), FILE)
    if not last_line:
        return None
    where = "the last line of its output"
    try:
        return _meaning(_parsed(last_line, where), where)
    except InvalidResultError as error:
        raise InvalidResultError(f"{error}; and {FILE} was not written") from error


def _content(file: Path) -> str:
    if not file.is_file():  # a pipe would never end
        raise InvalidResultError(f"{FILE}: is no regular file")
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InvalidResultError(f"{FILE}: cannot be read ({error.strerror})") from error
    if len(content) > LARGEST_BYTES:
        raise InvalidResultError(f"{FILE}: is larger than {LARGEST_BYTES} bytes; it must hold {SHAPES}")
    if not content.strip():
        raise InvalidResultError(f"{FILE}: is empty; it must hold {SHAPES}")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InvalidResultError(f"{FILE}: is no text in UTF-8 (byte {error.start})") from error


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        number = _number(text)
        if number is not None:  # "1." or ".5" are numbers, though not in JSON
            return number
        if isinstance(error, json.JSONDecodeError) and _is_cut(error):
            end = _shown(text.rstrip()[-SHOWN_CHARACTERS:])
            raise InvalidResultError(f"{where}: ends in the middle of its JSON, after {end}") from error
        raise InvalidResultError(f"{where}: {_shown(text)} is no JSON; it must be {SHAPES}") from error


def _is_cut(error: json.JSONDecodeError) -> bool:
    """Nothing wrong before the end: whoever wrote it did not come to an end, or somebody reads while he writes."""
    return error.msg.startswith("Unterminated string") or error.pos >= len(error.doc.rstrip()) - 1


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _meaning(found: Any, where: str) -> Result:
    if not isinstance(found, dict):
        return Result(_values(found, where))
    if unknown := found.keys() - KEYS:
        raise InvalidResultError(f"{where}: has `{min(unknown)}`; allowed are {', '.join(sorted(KEYS))}")
    if ("value" in found) == ("values" in found):
        raise InvalidResultError(f"{where}: must have exactly one of `value` and `values`")
    attributes, constraints = found.get("attributes") or {}, found.get("constraints") or {}
    if not isinstance(attributes, dict) or not isinstance(constraints, dict):
        raise InvalidResultError(f"{where}: `attributes` and `constraints` must be objects")
    for name, bound in constraints.items():
        if not _is_number(bound):
            raise InvalidResultError(f"{where}: constraint `{name}` is {_shown(bound)}, must be a number")
    return Result(_values(found.get("value", found.get("values")), where), attributes, constraints)


def _values(found: Any, where: str) -> tuple[float, ...]:
    listed = found if isinstance(found, list) else [found]
    for value in listed:
        if not _is_number(value):
            raise InvalidResultError(f"{where}: {_shown(value)} is no number; it must be {SHAPES}")
    return tuple(listed)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f"`{text[:SHOWN_CHARACTERS]}`"
