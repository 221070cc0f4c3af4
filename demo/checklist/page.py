"""The lines of `docs/checklist.md` as data. Read by the program, and by the tests that compare page and product."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path("docs/checklist.md")
YES, PART, NOT_HERE, NOT_YET, NO = "yes", "part", "not here", "not yet", "no"
STATES = (YES, PART, NOT_HERE, NOT_YET, NO)
SHOWN = (YES, PART)  # states whose references a run of the example has
KINDS = ("field", "status", "condition", "check", "criterion", "history", "metric", "alert", "file", "verb")
_ROW = re.compile(r"^\| (\d+) \| (.*?) \| (.*?) \| (.*?) \| (.*?) ?\|$")
_REFERENCE = re.compile(r"`(\w+) ([^`]+)`")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a line is now: a kind of place, and its name there."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist. `reason` says what is missing in the states `not here` and `not yet`."""

    number: int
    section: str
    text: str
    state: str
    reason: str
    references: tuple[Reference, ...]
    note: str

    @property
    def is_shown(self) -> bool:
        """Return whether a run of the example must have what the line names."""
        return self.state in SHOWN


class PageError(Exception):
    """A row of the page cannot be read. The message says which."""


def read_page(text: str) -> tuple[Line, ...]:
    """Return the lines in the order of the page. Raises PageError."""
    section, lines = "", []
    for row in text.splitlines():
        if row.startswith("## "):
            section = row.removeprefix("## ")
        elif match := _ROW.match(row):
            lines.append(_line(section, *match.groups()))
    return tuple(lines)


def _line(section: str, number: str, text: str, state: str, places: str, note: str) -> Line:
    word, _, reason = state.partition(": ")
    references = tuple(Reference(kind, name) for kind, name in _REFERENCE.findall(places))
    unknown = [str(reference) for reference in references if reference.kind not in KINDS]
    if word not in STATES or unknown or len(references) != places.count("`") // 2:
        raise PageError(f"line {number}: state `{state}` or places `{places}` cannot be read")
    return Line(int(number), section, text, word, reason, references, note.strip())
