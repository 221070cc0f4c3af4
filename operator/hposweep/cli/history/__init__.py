"""The arguments of `hposweep history`, which shows what happened to a sweep.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

from typing import Annotated

import typer

from hposweep.cli.output import OutputFormat, OutputOption

EXIT_CODES = "Exit code: 0 shown, 2 the sweep, the folder or the database cannot be read."


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXIT_CODES, short_help="Show what happened to a sweep, and who did it.")(history)


def history(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="A sweep in the cluster of your kubeconfig, or the folder of a run."),
    ] = None,
    namespace: Annotated[
        str | None,
        typer.Option("--namespace", "-n", metavar="NAMESPACE", help="Of the sweep. Default: that of your kubeconfig."),
    ] = None,
    study: Annotated[
        str | None,
        typer.Option(metavar="STUDY", help="A study in the database instead of NAME, also when its sweep is deleted."),
    ] = None,
    storage: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="The PostgreSQL of the study, for all entries. Prefer the environment variable HPOSWEEP_STORAGE_URL, "
            "because other users can read a command line.",
        ),
    ] = None,
    output: OutputOption = OutputFormat.TEXT,
) -> None:
    """Show what happened to a sweep: changes of the spec, decisions, retries, gates, conditions, with time and actor.

    NAME needs kubectl and only permission to get the sweep: its status has the newest 20 entries.
    """
    from hposweep.cli.history.command import Request, show_history

    raise typer.Exit(show_history(Request(name, namespace, study, storage), output))
