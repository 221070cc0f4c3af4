"""Word a fault of the schema for people: its field once and with its position, the value, what was probably meant.

The API server names a field beside a sentence that names it again, without its position. Called by `cli`.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.schema.path import format_path
from hposweep.text import truncate

_UNKNOWN_FIELD = re.compile(r'unknown field "(?P<field>[^"]+)"; the allowed fields are (?P<allowed>.*)')
_QUOTED_FIELD = re.compile(r"`(?P<field>(?:spec|metadata)[\w.<>\[\]]*)` (?P<rest>.*)", re.DOTALL)
_NOT_A_TEXT = re.compile(r"must be of type string, not (?P<value>true|false|-?[\d.]+(?:e[-+]?\d+)?)")
_PART = re.compile(r"\[\d*\]|[^.\[\]]+")
_DOCUMENT = format_path(())
_MAX_VALUE_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class WordedFault:
    """The path of the field, and the sentence, which begins with it."""

    field: str
    message: str
    detail: str = ""


def worded(fault: str, document: Mapping[str, Any]) -> WordedFault:
    """Return the fault, `path: sentence`, of a document in words."""
    path, _, sentence = fault.partition(": ")
    unknown = _UNKNOWN_FIELD.fullmatch(sentence)
    if unknown is not None:
        return _unknown_field(unknown["field"], unknown["allowed"])
    quoted = _QUOTED_FIELD.match(sentence)
    if quoted is None:
        sentence += _advice(sentence)
        return WordedFault(path, f"the document: {sentence}" if path == _DOCUMENT else f"`{path}`: {sentence}")
    field = _with_positions(quoted["field"], path)
    if "<" in field or "[]" in field:  # the sentence is about a field elsewhere, and `path` is where it was found
        return WordedFault(path, f"`{path}`: {sentence}")
    return WordedFault(field, f"`{field}` {quoted['rest']}{_got(quoted['rest'], field, document)}")


def _advice(sentence: str) -> str:
    """Return what to write for a text that YAML reads as something else."""
    value = _NOT_A_TEXT.fullmatch(sentence)
    if value is None:
        return ""
    is_boolean = value["value"] in ("true", "false")
    return f". Put it in quotes{'; YAML reads y, n, on, off, yes and no as booleans' if is_boolean else ''}"


def _unknown_field(field: str, allowed: str) -> WordedFault:
    similar = difflib.get_close_matches(field.rpartition(".")[2], allowed.split(", "), n=1)
    advice = f"; did you mean `{similar[0]}`?" if similar else f" (allowed here: {allowed})"
    return WordedFault(field, f"`{field}`: unknown field{advice}", f"The fields allowed here are {allowed}.")


def _with_positions(field: str, path: str) -> str:
    """Put the positions and names of `path` into `spec.success.<tier>[].bestValue`."""
    parts = _PART.findall(field)
    for place, actual in enumerate(_PART.findall(path)[: len(parts)]):
        is_open = parts[place] == "[]" or parts[place].startswith("<")
        if not is_open and parts[place] != actual:
            break
        parts[place] = actual
    return "".join(part if part.startswith("[") else f".{part}" for part in parts).removeprefix(".")


def _got(sentence: str, field: str, document: Mapping[str, Any]) -> str:
    """Return the value, where the sentence demands another one and does not show it."""
    value: Any = document
    for part in _PART.findall(field):
        try:
            value = value[int(part[1:-1])] if part.startswith("[") else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return ""
    if not sentence.startswith("must ") or not isinstance(value, str | int | float):
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return f" (got `{truncate(text, _MAX_VALUE_CHARACTERS)}`)"
