"""Text for people: durations, counts, numbers and cuts. Pure; every layer may import it."""

from __future__ import annotations

import math

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400  # seconds
# Below these, the next smaller unit is shown as well or alone, as `kubectl get` does with ages.
_SECONDS_UNTIL, _MINUTES_AND_SECONDS_UNTIL, _HOURS_UNTIL = 2 * _MINUTE, 10 * _MINUTE, 2 * _DAY
_BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
ELLIPSIS = "…"


def duration(seconds: float) -> str:
    """Return a duration in at most two units: `40 s`, `3 min 7 s`, `12 min`, `2 h 10 min`, `2 days 8 h`."""
    if seconds < _SECONDS_UNTIL:
        return f"{seconds:.3g} s"
    if seconds < _MINUTES_AND_SECONDS_UNTIL:
        return _two_units(seconds, _MINUTE, "min", 1, "s")
    if round(seconds / _MINUTE) < _HOUR // _MINUTE:
        return f"{round(seconds / _MINUTE)} min"
    if seconds < _HOURS_UNTIL:
        return _two_units(seconds, _HOUR, "h", _MINUTE, "min")
    return _two_units(seconds, _DAY, "days", _HOUR, "h")


def short_duration(seconds: float) -> str:
    """Return a duration for a column, as `kubectl get` shows ages: `40s`, `3m7s`, `12m`, `2h10m`, `2d8h`."""
    return duration(int(seconds)).replace("days", "d").replace("min", "m").replace(" ", "")


def count(number: int, noun: str, plural: str = "") -> str:
    """Return `1 worker`, `2 workers`; `plural` for nouns that do not end in s."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def number(value: object) -> str:
    """Return a number with six digits at most; anything else as it prints."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def binary_bytes(size: float) -> str:
    """Return a size as Kubernetes writes quantities, with three digits: `512 MiB`, `3.91 GiB`."""
    power = min(int(math.log(size, 1024)), len(_BYTE_UNITS) - 1) if size >= 1 else 0
    return f"{size / 1024**power:.3g} {_BYTE_UNITS[power]}"


def truncate(text: str, max_characters: int) -> str:
    """Return the text, or its beginning with an ellipsis when it is longer."""
    return text if len(text) <= max_characters else f"{text[: max_characters - 1]}{ELLIPSIS}"


def truncate_start(text: str, max_characters: int) -> str:
    """Return the text, or its end after an ellipsis when it is longer."""
    return text if len(text) <= max_characters else f"{ELLIPSIS}{text[1 - max_characters :]}"


def printable(text: str) -> str:
    """Return the text without characters that a terminal obeys or hides; lines stay."""
    if text.isprintable():
        return text
    return "".join(_printable(character) for character in text)


def _printable(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    return " " if character.isspace() else ""


def first_line(text: str) -> str:
    """Return the first line that is not blank, without surrounding space; an empty string when there is none."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _two_units(seconds: float, large: int, large_name: str, small: int, small_name: str) -> str:
    large_count, small_count = divmod(round(seconds / small), large // small)
    return f"{large_count} {large_name} {small_count} {small_name}" if small_count else f"{large_count} {large_name}"


def sentences(*parts: str) -> str:
    """Join parts that are not empty: each but the first starts with a capital, and one mark is between two."""
    first, *following = [part.rstrip(".") for part in parts if part] or [""]
    text = first
    for part in following:
        text = f"{text}{' ' if text.endswith(('?', '!')) else '. '}{part[:1].upper()}{part[1:]}"
    return text


def clauses(*parts: str) -> str:
    """Join parts that are not empty with semicolons: only the last one keeps its full stop."""
    *leading, last = [part for part in parts if part] or [""]
    return "; ".join((*(part.rstrip(".") for part in leading), last))
