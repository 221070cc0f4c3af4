"""Check what the trial's code wants to store, in its own stack. `trial_proxy` and `storage_proxy` call it."""

from __future__ import annotations

import json
from typing import Any

MAX_ATTRIBUTE_CHARACTERS = 16 * 2**20  # larger ones cost supervisor and database too much


def checked_key(subject: str, key: object) -> str:
    """Return the key. Raises TypeError."""
    if not isinstance(key, str):
        raise TypeError(f"{subject} {key!r}: the name must be a string (got {type(key).__name__}). Write {str(key)!r}")
    return key


def plain_value(subject: str, key: str, value: Any) -> Any:
    """Return the value as the database will return it. Raises TypeError when it is not JSON, ValueError by its size."""
    text = json.dumps(value)
    if len(text) > MAX_ATTRIBUTE_CHARACTERS:
        raise ValueError(
            f"{subject} `{key}`: {len(text)} characters of JSON, must be {MAX_ATTRIBUTE_CHARACTERS} at most"
        )
    return json.loads(text)
