"""Check what the trial's code wants to store, in its own stack. `trial_proxy` and `storage_proxy` call it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from hpotrial.protocol.spaces import plain_choices

MAX_ATTRIBUTE_CHARACTERS = 16 * 2**20  # larger ones cost supervisor and database too much
MAX_LEVELS = 200  # of lists in lists: Python copies and pickles a value recursively, and fails at some 400 levels

_STORABLE = "Use numbers, strings, lists or mappings"


def checked_key(subject: str, key: object) -> str:
    """Return the key as a plain string. Raises TypeError.

    A member of an enumeration of strings is pickled with its class, which only the process of the trial has.
    """
    if not isinstance(key, str):
        raise TypeError(f"{subject} {key!r}: the name must be a string (got {type(key).__name__}). Write {str(key)!r}")
    return str.__str__(key)


def plain_value(subject: str, key: str, value: Any) -> Any:
    """Return the value as the database will return it.

    Raises TypeError when it is not JSON, ValueError when it is too large or nested too deeply.
    """
    try:
        text = json.dumps(value)
        if len(text) > MAX_ATTRIBUTE_CHARACTERS:
            raise ValueError(
                f"{subject} `{key}`: {len(text)} characters of JSON, must be {MAX_ATTRIBUTE_CHARACTERS} at most"
            )
        plain = json.loads(text)
    except RecursionError:
        raise _nesting_error(subject, key) from None
    except TypeError as error:
        raise TypeError(f"{subject} `{key}`: {error}. {_STORABLE}") from None
    if _has_too_many_levels(plain):
        raise _nesting_error(subject, key)
    return plain


def checked_choices(name: str, choices: Sequence[Any]) -> list[Any]:
    """Return the choices of a parameter as the database will return them. Raises TypeError when they are not JSON."""
    try:
        return plain_choices(choices)
    except TypeError as error:
        raise TypeError(f"parameter `{name}`: choices: {error}. {_STORABLE}") from None


def _nesting_error(subject: str, key: str) -> ValueError:
    return ValueError(f"{subject} `{key}`: more than {MAX_LEVELS} levels of lists and mappings in each other")


def _has_too_many_levels(plain: Any) -> bool:
    level = [plain]
    for _ in range(MAX_LEVELS + 1):
        level = [item for each in level for item in _items(each)]
        if not level:
            return False
    return True


def _items(plain: Any) -> Iterable[Any]:
    if isinstance(plain, dict):
        return plain.values()
    return plain if isinstance(plain, list) else ()
