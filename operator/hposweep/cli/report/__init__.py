"""The arguments of `hposweep report`, which writes the analysis of a study as files. It needs no sweep and no cluster.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hposweep.cli.analyze import STORAGE_HELP

EXIT_CODES = "Exit code: 0 written, 2 the study cannot be read, or the folder cannot be written."


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXIT_CODES, short_help="Write what a study found as a page and tables.")(report)


def report(
    storage: Annotated[str | None, typer.Option(metavar="URL", help=STORAGE_HELP)] = None,
    study: Annotated[str | None, typer.Option(metavar="NAME", help="The study. Default: the only one.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the files. It is created.")] = Path("report"),
    top: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Show the best N trials.")] = 5,
    random_trials: Annotated[
        int, typer.Option(min=0, metavar="N", help="How many of the first trials the sampler drew at random.")
    ] = 10,
    quick_reference: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also keep one line for this study in a Markdown file.")
    ] = None,
) -> None:
    """Write report.html, report.md, trials.csv, importances.csv, directionality.csv and top.yaml.

    Files of these names are replaced. The study is only read, and no sweep or cluster is needed.
    """
    from hposweep.cli.analyze.command import AnalyzeRequest
    from hposweep.cli.report.command import write_report

    raise typer.Exit(write_report(AnalyzeRequest(storage, study, top, random_trials), out, quick_reference))
