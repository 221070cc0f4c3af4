"""Print a result: the option `--output` of several verbs, and a reader that closes the pipe."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from hposweep.cli.streams import discard


class OutputFormat(StrEnum):
    """How a verb prints its result."""

    TEXT = "text"
    JSON = "json"


OutputOption = Annotated[
    OutputFormat,
    typer.Option("--output", "-o", metavar="text|json", help="Print text for people or JSON for programs."),
]


def print_text(text: str) -> None:
    """Print; a reader such as `head` that closes the pipe is not an error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)
