"""The arguments of `hposweep next`, which writes the sweep that follows a study. It needs no cluster.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

EXIT_CODES = "Exit code: 0 written, 2 the storage, the study or the sweep cannot be used."
STORAGE_HELP = (
    "Where the study is, as for `hposweep analyze`. Prefer the environment variable HPOSWEEP_STORAGE_URL for a URL "
    "with a password, because other users can read a command line."
)


class NextFormat(StrEnum):
    """How the next sweep is written."""

    YAML = "yaml"
    JSON = "json"


def add_to(app: typer.Typer) -> None:
    app.command(name="next", epilog=EXIT_CODES, short_help="Write the next sweep: from any Optuna study.")(next_)


def next_(
    storage: Annotated[str | None, typer.Option(metavar="URL", help=STORAGE_HELP)] = None,
    study: Annotated[str | None, typer.Option(metavar="NAME", help="The study. Default: the only one.")] = None,
    sweep: Annotated[
        str | None, typer.Option(metavar="SWEEP.yaml", help="The sweep of the study, which is kept but for the edits.")
    ] = None,
    output: Annotated[
        NextFormat, typer.Option("--output", "-o", metavar="yaml|json", help="Print a sweep, or the edits as data too.")
    ] = NextFormat.YAML,
) -> None:
    """Write the next sweep, with a reason for each edit of the search space. Nothing is applied."""
    from hposweep.cli.next.command import NextRequest, write_next

    raise typer.Exit(write_next(NextRequest(storage, study, sweep), is_json=output is NextFormat.JSON))
