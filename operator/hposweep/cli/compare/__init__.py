"""The arguments of `hposweep compare`, which puts studies beside each other. It needs no sweep and no cluster.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

from typing import Annotated

import typer

from hposweep.cli.analyze.formats import AnalysisFormat

EXIT_CODES = "Exit code: 0 compared, 2 a storage or a study cannot be read, or the objectives differ."
STORAGE_HELP = (
    "Where the studies are: once for all of them, or once for each. Prefer the environment variable "
    "HPOSWEEP_STORAGE_URL for a URL with a password, because other users can read a command line."
)


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXIT_CODES, short_help="Compare studies at equal budget: any Optuna studies.")(compare)


def compare(
    studies: Annotated[list[str], typer.Argument(metavar="STUDY STUDY…", help="The studies; the first is compared.")],
    storage: Annotated[list[str] | None, typer.Option(metavar="URL", help=STORAGE_HELP)] = None,
    output: Annotated[
        AnalysisFormat,
        typer.Option("--output", "-o", metavar="text|json|yaml|csv|md", help="Print text, or another format."),
    ] = AnalysisFormat.TEXT,
) -> None:
    """Compare studies with the first of them, at equal budget. Nothing is written."""
    from hposweep.cli.compare.command import compare_named

    raise typer.Exit(compare_named(studies, storage or [], output))
