"""`hposweep version`: print the release, its API version and its worker protocol."""

from __future__ import annotations

import sys

import typer

from hposweep import __version__
from hposweep.api.names import API_VERSION
from hpotrial.protocol import PROTOCOL_VERSION


def add_to(app: typer.Typer) -> None:
    app.command(short_help="Print the versions.")(version)


def version() -> None:
    """Print the version of the release, of the API and of the worker protocol."""
    raise typer.Exit(print_version())


def print_version() -> int:
    sys.stdout.write(f"hposweep {__version__}, API {API_VERSION}, worker protocol {PROTOCOL_VERSION}\n")
    return 0
