"""The arguments of `hposweep study`, which opens the database of a run again.

Heavy modules are imported only when a verb is chosen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXIT_CODES = "Exit code: 0 done, 2 the folder, the database or the study cannot be used."
OutOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of the run. Default: the only one in the current folder.")
]
StorageOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="A PostgreSQL instead of a folder. Prefer the environment variable HPOSWEEP_STORAGE_URL, because other "
        "users can read a command line.",
    ),
]
NameArgument = Annotated[str | None, typer.Argument(metavar="NAME", help="The study. Default: the only one.")]


def add_to(app: typer.Typer) -> None:
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Look at the studies of a run or a database.")
    for verb in (list_, show, export, disown, serve):
        group.command(name=verb.__name__.rstrip("_"), epilog=EXIT_CODES)(verb)
    app.add_typer(group, name="study")


def list_(out: OutOption = None, storage: StorageOption = None) -> None:
    """List the studies with their trials and owners."""
    from hposweep.cli.study.command import list_studies, with_database

    raise typer.Exit(with_database(out, storage, list_studies))


def show(name: NameArgument = None, out: OutOption = None, storage: StorageOption = None) -> None:
    """Show one study: its trials by state, its owner and its best trial."""
    from hposweep.cli.study.command import show_study, with_database

    raise typer.Exit(with_database(out, storage, lambda database: show_study(database, name)))


def export(name: NameArgument = None, out: OutOption = None, storage: StorageOption = None) -> None:
    """Print all trials of a study, one JSON object per line."""
    from hposweep.cli.study.command import export_trials, with_database

    raise typer.Exit(with_database(out, storage, lambda database: export_trials(database, name)))


def disown(
    name: NameArgument = None,
    out: OutOption = None,
    storage: StorageOption = None,
    force: Annotated[bool, typer.Option("--force", help="Also when trials of the study are RUNNING.")] = False,
) -> None:
    """Remove the owner of a study, so that another sweep can adopt it. Its trials stay.

    Use it when the sweep that owns the study is gone: a folder that was deleted, another machine, a restored cluster.
    """
    from hposweep.cli.study.command import disown_study, with_database

    raise typer.Exit(with_database(out, storage, lambda database: disown_study(database, name, is_forced=force)))


def serve(out: OutOption = None) -> None:
    """Keep the database of a run open until Ctrl-C.

    Prints the commands for optuna-dashboard and psql.
    """
    from hposweep.cli.study.command import serve_database, with_database

    raise typer.Exit(with_database(out, None, serve_database))
