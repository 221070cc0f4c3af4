"""Values of users in the JSON that every reader takes: `status`, `trials.jsonl`, the output of `hposweep judge`.

JSON has no NaN, no infinity and no lone surrogate, and readers differ about them. So each becomes text with one
spelling, which stays equal when it is written and read again. `read_number` reads it back.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from hposweep.text import ELLIPSIS, truncate

MAX_PARAMETERS, MAX_CHARACTERS = 100, 256  # of a status, which etcd limits and people read
MAX_INTEGER = 2**63  # the API server reads larger ones as floating-point numbers
_PLAIN = frozenset((int, bool, type(None)))  # a spec has a hundred thousand values
_WORDS = {
    **dict.fromkeys(("NaN", "nan"), math.nan),
    **dict.fromkeys(("Infinity", "inf", "INF_POS"), math.inf),
    **dict.fromkeys(("-Infinity", "-inf", "INF_NEG"), -math.inf),
}


def plain(value: Any) -> Any:
    """Return a copy as strict JSON: text for numbers that are not finite, lists for tuples."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, str):
        return value if value.isascii() else value.encode(errors="replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else _word(value)
    if kind is dict or isinstance(value, Mapping):
        return {
            key if type(key) is str and key.isascii() else str(plain(key)): item
            if type(item) in _PLAIN
            else plain(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [item if type(item) in _PLAIN else plain(item) for item in value]
    return value


def brief(value: Any) -> Any:
    """Return the value as it fits into a status: a long text, list or integer becomes text with an ellipsis."""
    value = plain(value)
    if isinstance(value, int) and abs(value) >= MAX_INTEGER:
        value = f"{value:d}" if abs(value) < 10**MAX_CHARACTERS else f"{ELLIPSIS}{value % 10**20:d}"
    if isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
        return value if len(text) <= MAX_CHARACTERS and _is_small(value) else truncate(text, MAX_CHARACTERS)
    return truncate(value, MAX_CHARACTERS) if isinstance(value, str) else value


def brief_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as they fit into a status: the first hundred, and how many there are beyond."""
    names = sorted(params)
    omitted = {} if len(names) <= MAX_PARAMETERS else {ELLIPSIS: f"and {len(names) - MAX_PARAMETERS} more"}
    return {**{brief(name): brief(params[name]) for name in names[:MAX_PARAMETERS]}, **omitted}


def read_number(value: float | str) -> float:
    """Return the number, or what a word means. Raises ValueError for any other text, OverflowError for a huge one."""
    if not isinstance(value, str):
        return float(value)
    if value not in _WORDS:
        raise ValueError(f"`{value}` is no number")
    return _WORDS[value]


def _word(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _is_small(value: Any) -> bool:
    """Return whether no integer in it is changed by the API server."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return all(map(_is_small, value))
    return not isinstance(value, int) or abs(value) < MAX_INTEGER
