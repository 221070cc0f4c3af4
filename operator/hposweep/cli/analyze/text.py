"""Print sections at a terminal: tables that wrap at its width, colour only there. Called by `command`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from hposweep.cli.analyze.section import Section, Table
from hposweep.cli.streams import discard

PIPE_COLUMNS = 120


def print_sections(parts: Sequence[Section], out: TextIO, width: int | None = None) -> None:
    """Print; a reader such as `head` that closes the pipe is not an error."""
    if width is None and not out.isatty():
        width = PIPE_COLUMNS
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    try:
        for place, part in enumerate(parts):
            _print(console, part, is_first=place == 0)
        out.flush()
    except BrokenPipeError:
        discard(out)


def _print(console: Console, part: Section, *, is_first: bool) -> None:
    if not is_first:
        console.print()
    console.print(Text(part.title, style="bold"))
    for table in part.tables:
        if table.rows:
            console.print(_rich(table))
    for sentence in part.sentences:
        console.print(Text(f"  {sentence}"))
    for note in part.notes:
        console.print(Text(f"  ? {note}", style="yellow"))


def _rich(table: Table) -> RichTable:
    """Return a table of `Text`, in which no name is read as markup."""
    has_header = any(table.columns)
    view = RichTable(box=None, pad_edge=True, show_header=has_header, header_style="dim", padding=(0, 1))
    for place, column in enumerate(table.columns):
        is_text = place < table.text_columns
        view.add_column(Text(column), justify="left" if is_text else "right", overflow="fold")
    for row in table.rows:
        view.add_row(*(Text(item) for item in row))
    return view
