"""Print lines in colour in a terminal, plain in a pipe and with NO_COLOR. Called by `command`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.text import Text

from hposweep.api import conditions as c
from hposweep.report.glance import MARKS, NOTICE, VERDICT

_COLOURS = {MARKS[c.TRUE]: "green", MARKS[c.FALSE]: "red", MARKS[c.UNKNOWN]: "yellow", NOTICE: "yellow"}


def print_lines(lines: Iterable[str], out: TextIO) -> None:
    """Print lines that are already wrapped: verdicts in their colour, those of the sweep and its tiers in bold."""
    console = Console(file=out, highlight=False, markup=False, soft_wrap=True)
    for line in lines:
        console.print(Text(line, style=style(line)))
    out.flush()


def style(line: str) -> str:
    """Return the style of a line by the word or the mark that it begins with."""
    if line.startswith(VERDICT):
        return "bold"
    colour = _COLOURS.get(line.lstrip()[:1], "")
    is_tier = bool(colour) and not line.startswith(" ")
    return f"bold {colour}" if is_tier else colour
