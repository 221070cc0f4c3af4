"""The arguments of `hposweep analyze`, which says what a study found. It needs no sweep and no cluster.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

from typing import Annotated

import typer

from hposweep.cli.analyze.formats import AnalysisFormat

EXIT_CODES = "Exit code: 0 analyzed, 2 the storage or the study cannot be read."
STORAGE_HELP = (
    "Where the study is: a URL of PostgreSQL, SQLite or MySQL, or the path of an SQLite or journal file. Prefer the "
    "environment variable HPOSWEEP_STORAGE_URL for a URL with a password, because other users can read a command line."
)


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXIT_CODES, short_help="Say what a study found: any Optuna study.")(analyze)


def analyze(
    storage: Annotated[str | None, typer.Option(metavar="URL", help=STORAGE_HELP)] = None,
    study: Annotated[str | None, typer.Option(metavar="NAME", help="The study. Default: the only one.")] = None,
    top: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Show the best N trials.")] = 5,
    random_trials: Annotated[
        int, typer.Option(min=0, metavar="N", help="How many of the first trials the sampler drew at random.")
    ] = 10,
    output: Annotated[
        AnalysisFormat,
        typer.Option("--output", "-o", metavar="text|json|yaml|csv|md", help="Print text, or another format."),
    ] = AnalysisFormat.TEXT,
) -> None:
    """Say what a study found. Nothing is written, and no sweep or cluster is needed."""
    from hposweep.cli.analyze.command import AnalyzeRequest, analyze_study

    raise typer.Exit(analyze_study(AnalyzeRequest(storage, study, top, random_trials), output))
