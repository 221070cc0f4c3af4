"""The command line `hposweep`: one package or module for each verb.

A verb imports its work when it is chosen, so that help and a mistyped option are answered at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from hposweep.cli import analyze, compare, history, judge, report, run, study, top, validate, version
from hposweep.cli import next as next_
from hposweep.cli.streams import settle

# `\b` keeps the lines as they are.
EXAMPLES = """\b
Examples:
  hposweep validate sweep.yaml                     check a sweep first
  hposweep run sweep.yaml --trials 3               try it on this machine
  hposweep judge sweep.yaml --trials trials.jsonl  judge existing trials
"""
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 80}

# Plain help: `rich` would take longer to import than the help to print.
app = typer.Typer(
    name="hposweep",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings=CONTEXT,
    invoke_without_command=True,
    epilog=EXAMPLES,
)
VERBS = (run, validate, judge, analyze, top, compare, report, next_, history, study, version)
for module in VERBS:
    module.add_to(app)


@app.callback()
def start(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Run Optuna sweeps on this machine and on Kubernetes, and judge their results."""
    if show_version:
        raise typer.Exit(version.print_version())
    if context.invoked_subcommand is None:
        sys.stdout.write(f"{context.get_help()}\n")
        raise typer.Exit


def _open_missing_streams() -> None:
    """Replace streams that the caller has closed (`>&-`), which Python has as None."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115, PTH123  # as long as the process


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the arguments, run the verb and return its exit code."""
    _open_missing_streams()
    gc.disable()  # a tenth of the start is spent in it, and only `run` lasts: it enables the collector again
    try:
        typer.main.get_command(app).main(args=arguments, prog_name="hposweep")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        gc.enable()
        for stream in (sys.stdout, sys.stderr):
            settle(stream)
    return 0
