"""The arguments of `hposweep top`, which prints the best trials with their whole parameters. It needs no cluster.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

from typing import Annotated

import typer

from hposweep.cli.analyze import STORAGE_HELP
from hposweep.cli.analyze.formats import AnalysisFormat

EXIT_CODES = "Exit code: 0 printed, 2 the storage, the study, the sweep or the trials cannot be read."


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXIT_CODES, short_help="Print the best trials, ready to run again.")(top)


def top(
    file: Annotated[
        str | None, typer.Argument(metavar="[SWEEP.yaml]", help="The sweep that names the study. Default: --study.")
    ] = None,
    trials: Annotated[
        str | None, typer.Option(metavar="FILE", help="Trials of the sweep, such as a run's trials.jsonl.")
    ] = None,
    storage: Annotated[str | None, typer.Option(metavar="URL", help=STORAGE_HELP)] = None,
    study: Annotated[
        str | None, typer.Option(metavar="NAME", help="The study. Default: that of the sweep, else the only one.")
    ] = None,
    number: Annotated[int, typer.Option("-k", min=1, max=10_000, metavar="N", help="Print the best N trials.")] = 5,
    output: Annotated[
        AnalysisFormat,
        typer.Option("--output", "-o", metavar="text|json|yaml|csv|md", help="Print text, or another format."),
    ] = AnalysisFormat.TEXT,
) -> None:
    """Print the best trials of a study. The parameters of each are JSON, for `spec.study.enqueue` or a script."""
    from hposweep.cli.top.command import TopRequest, print_top

    raise typer.Exit(print_top(TopRequest(file, trials, storage, study, number), output))
