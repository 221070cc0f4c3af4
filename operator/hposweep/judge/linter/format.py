"""Numbers, values and lists as the linter prints them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from hposweep.judge.criteria.verdicts import percent as unsigned
from hposweep.text import duration

_SECONDS_UNTIL = 120  # below it, seconds alone are easy to read
_MAX_ALLOWED = 6  # names in a short sentence


def number(value: float) -> str:
    """Return at most five significant digits: 0.3003, 100, 1e-05."""
    return f"{value:.5g}"


def percent(share: float, *, signed: bool = False) -> str:
    """Return 0.0489 as `4.9 %`."""
    return f"+{unsigned(share)}" if signed and share >= 0 else unsigned(share)


def span(seconds: float) -> str:
    """Return seconds as the spec has them, and in larger units as well: `45000 s (12 h 30 min)`."""
    exact = f"{seconds:.6g} s"
    return exact if seconds < _SECONDS_UNTIL else f"{exact} ({duration(seconds)})"


def listed(words: Iterable[object]) -> str:
    """Return the words in backticks."""
    return ", ".join(f"`{word}`" for word in words) or "none"


def allowed(words: Iterable[object]) -> str:
    """Return what may be written instead; a long list is cut."""
    names = [f"`{word}`" for word in words]
    rest = [f"{len(names) - _MAX_ALLOWED} more"] if len(names) > _MAX_ALLOWED else []
    return f"allowed: {', '.join([*names[:_MAX_ALLOWED], *rest]) or 'none'}"


def alternatives(words: Iterable[object]) -> str:
    """Return `a` or `b`."""
    return " or ".join(f"`{word}`" for word in words)


def literal(value: Any) -> str:
    """Return a value as it is written in YAML and JSON: "a", 1, true, null."""
    return json.dumps(value, default=str, ensure_ascii=False)
