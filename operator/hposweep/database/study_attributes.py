"""The attributes of a study that are the operator's and the workers' own. Called by `study`.

Every program with a login can write anything there, or megabytes. What a pass depends on is refused with a sentence
that names study and key; the rest is read defensively where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hposweep.api import conditions
from hposweep.database.errors import StorageError
from hposweep.database.statements import MAX_ATTRIBUTES_BYTES
from hposweep.text import printable, truncate
from hpotrial import protocol
from hpotrial.protocol import breaker, trial_rows

_KEY_CHARACTERS = 100  # shown of a key, which another program may have chosen
_TEXT, _OBJECT = (str, "a text"), (Mapping, "an object")
_KINDS: Mapping[str, tuple[type, str]] = {
    protocol.OWNER: _TEXT,
    protocol.CONTROL: _OBJECT,
    protocol.BREAKER: _OBJECT,
    protocol.IMAGES: _OBJECT,
}
_OF_BREAKER: Mapping[str, tuple[type, str]] = {
    breaker.FAILURE_CLASS: _TEXT,
    breaker.ERROR: _TEXT,
    breaker.REASON: _TEXT,
    breaker.TRIAL: (int, "a whole number"),
}


def read_study_attributes(
    study: str, study_id: int, texts: Mapping[str, str] | None, total_bytes: int, largest: str | None
) -> dict[str, Any]:
    """Return the attributes by key. Raises StorageError when they are too large, or one is of another type."""
    if total_bytes > MAX_ATTRIBUTES_BYTES:
        problem = f"is the largest of {total_bytes:,} bytes of attributes (allowed: at most {MAX_ATTRIBUTES_BYTES:,})"
        raise _unreadable(study, study_id, largest or "", problem)
    attributes = trial_rows.read_attributes(texts)
    for key, kind in _KINDS.items():
        _check(study, study_id, key, attributes.get(key), kind, "")
    block = attributes.get(protocol.BREAKER)
    for name, kind in _OF_BREAKER.items():
        _check(study, study_id, protocol.BREAKER, (block or {}).get(name), kind, f" `{name}`")
    return {key: value for key, value in attributes.items() if value is not None}


def _check(study: str, study_id: int, key: str, value: Any, kind: tuple[type, str], part: str) -> None:
    expected, words = kind
    if value is not None and (not isinstance(value, expected) or isinstance(value, bool)):
        raise _unreadable(study, study_id, key, f"cannot be read:{part} must be {words}")


def _unreadable(study: str, study_id: int, key: str, problem: str) -> StorageError:
    shown = truncate(printable(key), _KEY_CHARACTERS)
    literal = shown.replace("'", "''")
    statement = f"delete from study_user_attributes where study_id = {study_id} and key = '{literal}'"  # noqa: S608
    message = f"attribute `{shown}` of study `{study}` {problem}. Another program wrote it. Remove it: `{statement}`"
    return StorageError(conditions.STUDY_UNREADABLE, message)
