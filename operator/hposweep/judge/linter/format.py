"""Numbers as people read them in the linter's sentences."""

from __future__ import annotations

from collections.abc import Iterable

from hposweep.judge.criteria.verdicts import percent as unsigned

_MINUTE, _HOUR = 60, 3600  # seconds
_MINUTES_UNTIL, _HOURS_UNTIL = 2 * _MINUTE, 2 * _HOUR  # below these the smaller unit is exact


def number(value: float) -> str:
    """At most four digits behind the point that matter: 0.3003, 100, 1e-05."""
    return f"{value:.5g}"


def percent(share: float, *, signed: bool = False) -> str:
    """0.0489 is `4.9 %`."""
    return f"+{unsigned(share)}" if signed and share >= 0 else unsigned(share)


def span(seconds: float) -> str:
    """Seconds, and above two minutes also what they come to: `45000 s (12.5 h)`."""
    if seconds < _MINUTES_UNTIL:
        return f"{seconds:.6g} s"
    if seconds < _HOURS_UNTIL:
        return f"{seconds:.6g} s ({seconds / _MINUTE:.3g} min)"
    return f"{seconds:.6g} s ({seconds / _HOUR:.3g} h)"


def listed(words: Iterable[object]) -> str:
    """Each in backticks."""
    return ", ".join(f"`{word}`" for word in words) or "none"
