"""A part of the printed analysis: a title, sentences and tables of plain text. Made by `sections`, read by writers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hposweep.text import duration, number, truncate

MAX_CELL_CHARACTERS, MAX_LONGER_CHARACTERS = 60, 1000
UNKNOWN = "-"
_FORMATTING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # they reverse a line


class SectionKind(StrEnum):
    """The question of a section. Of several objectives some kinds have a section for each."""

    SUMMARY = "summary"
    BEST = "best"
    IMPORTANCES = "importances"
    DIRECTIONS = "directions"
    CHOICES = "choices"
    INTERACTIONS = "interactions"
    ELITE = "elite"
    COURSE = "course"
    WASTE = "failures"
    FRONT = "front"
    ENVIRONMENT = "environment"
    NEXT = "next"
    VERDICT = "verdict"
    GATES = "gates"
    DECISIONS = "decisions"
    CONDITIONS = "conditions"
    HISTORY = "history"


class CutText(str):
    """The beginning of a text with an ellipsis; `longer` is more of it, for a format that can show it on demand."""

    longer: str


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are printable text. The first `text_columns` are of text, all others are aligned to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_columns: int = 1
    caption: str = ""  # shown by a report; the terminal has the title of the section


@dataclass(frozen=True, slots=True)
class Section:
    """One question with its answer."""

    title: str
    tables: tuple[Table, ...] = ()
    sentences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what cannot be known
    kind: SectionKind | None = None  # None in a comparison


def printable(value: object, max_characters: int = MAX_CELL_CHARACTERS) -> str:
    """Return the value on one line, without control characters, and not too long."""
    raw = str(value).encode("utf-8", "replace").decode()
    clean = "".join(letter if letter.isprintable() and letter not in _FORMATTING else " " for letter in raw)
    if len(clean) <= max_characters:
        return clean
    text = CutText(truncate(clean, max_characters))
    text.longer = truncate(clean, MAX_LONGER_CHARACTERS)
    return text


def cell(value: object) -> str:
    """Return a value for a cell; `-` for what is unknown."""
    return UNKNOWN if value is None else printable(number(value))


def decimals(value: float | None, digits: int = 2) -> str:
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{100 * share:.0f} %"


def interval(low: float | None, high: float | None) -> str:
    """Return `0.2 to 0.4`; `-` when it is unknown."""
    return UNKNOWN if low is None or high is None else f"{low:.4g} to {high:.4g}"


def seconds(value: float | None) -> str:
    return UNKNOWN if value is None else duration(value)


def is_empty(tables: Sequence[Table]) -> bool:
    return not any(table.rows for table in tables)
