"""Numbers as people read them in the linter's sentences."""

from __future__ import annotations

from collections.abc import Iterable

from hposweep.judge.criteria.verdicts import percent as unsigned
from hposweep.text import duration

_SECONDS_UNTIL = 120  # below it, seconds alone are easy to read


def number(value: float) -> str:
    """At most four digits behind the point that matter: 0.3003, 100, 1e-05."""
    return f"{value:.5g}"


def percent(share: float, *, signed: bool = False) -> str:
    """0.0489 is `4.9 %`."""
    return f"+{unsigned(share)}" if signed and share >= 0 else unsigned(share)


def span(seconds: float) -> str:
    """Return seconds as the spec has them, and in larger units as well: `45000 s (12 h 30 min)`."""
    exact = f"{seconds:.6g} s"
    return exact if seconds < _SECONDS_UNTIL else f"{exact} ({duration(seconds)})"


def listed(words: Iterable[object]) -> str:
    """Each in backticks."""
    return ", ".join(f"`{word}`" for word in words) or "none"
