"""The table at the end: every line, where it is now, and what the run had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.checklist.evidence import Evidence
from demo.checklist.look_up import IN_THE_REPOSITORY, NOT_RUN, absent_references, look_up
from demo.checklist.page import NO, NOT_HERE, NOT_YET, PART, Line

VALUE_CHARACTERS = 120
NARROWEST = 100  # columns of the table where there is no terminal
_STYLES = {PART: "yellow", NOT_HERE: "cyan", NOT_YET: "magenta", NO: "dim"}


def rows(lines: Sequence[Line], evidence: Evidence) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield number, line, state, place and value. The first value is shown, a field's only without another."""
    for line in lines:
        places = ", ".join(str(reference) for reference in line.references)
        yield str(line.number), line.text, line.state, places, _value(line, evidence)


def show(lines: Sequence[Line], evidence: Evidence, console: Console | None = None) -> None:
    """Print the table with a heading for each section, and the counts below it."""
    console = console or Console(soft_wrap=False)
    table = Table(width=max(console.width, NARROWEST), pad_edge=False, header_style="bold")
    for name, ratio in (("#", None), ("line", 3), ("state", None), ("by", 4), ("in this run", 4)):
        table.add_column(name, ratio=ratio, overflow="fold")
    section = ""
    for line, cells in zip(lines, rows(lines, evidence), strict=True):
        if line.section != section:
            table.add_section()
            table.add_row("", Text(line.section, style="bold"))
            section = line.section
        table.add_row(*(Text(cell, style=_STYLES.get(line.state, "")) for cell in cells))
    console.print(table, crop=False)
    console.print(summary(lines, evidence), soft_wrap=True)


def summary(lines: Sequence[Line], evidence: Evidence) -> str:
    """Return the counts in a sentence: of lines that the run shows, and of each other state."""
    shown = [line for line in lines if line.is_shown]
    absent = [line for line in shown if absent_references(line, evidence)]
    counts = Counter(line.state for line in lines)
    return (
        f"{len(shown) - len(absent)} of {len(shown)} lines were found in this run, {counts[PART]} of them in part. "
        f"Not looked for: {counts[NOT_HERE]} not here, {counts[NOT_YET]} not yet, {counts[NO]} that stay with you."
    )


def _value(line: Line, evidence: Evidence) -> str:
    if not line.is_shown:
        return line.reason or line.note
    if absent := absent_references(line, evidence):
        return "NOT FOUND: " + ", ".join(str(reference) for reference in absent)
    # What the user wrote says less than what the run answered.
    references = sorted(line.references, key=lambda reference: reference.kind == "field")
    values = [look_up(reference, evidence) or "" for reference in references]
    value = next((value for value in values if value not in (IN_THE_REPOSITORY, NOT_RUN)), IN_THE_REPOSITORY)
    return value if len(value) <= VALUE_CHARACTERS else f"{value[: VALUE_CHARACTERS - 1]}…"
