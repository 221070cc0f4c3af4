"""The arguments of `hposweep validate SWEEP.yaml`, which checks a sweep before anything runs.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

from typing import Annotated

import typer

from hposweep.cli.output import OutputFormat, OutputOption

EXIT_CODES = "Exit code: 0 valid (warnings allowed), 1 errors, 2 no sweep could be read."


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXIT_CODES)(validate)


def validate(
    file: Annotated[
        str, typer.Argument(metavar="SWEEP.yaml", help="A file, a folder of files, or - for standard input.")
    ],
    output: OutputOption = OutputFormat.TEXT,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print every finding with its details and fields.")
    ] = False,
) -> None:
    """Check a sweep, without Kubernetes and without running it.

    The sweeps of a file are checked against the schema and against themselves: thresholds, budgets, tiers, decision
    points, baseline, sampler and search space. Errors: the operator would reject the sweep. Warnings: it would run, but
    read them.
    """
    from hposweep.cli.validate.command import validate as check

    raise typer.Exit(check(file, is_json=output is OutputFormat.JSON, is_verbose=verbose))
