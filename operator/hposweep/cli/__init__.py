"""The command line `hposweep`: one package or module for each verb."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from hposweep.cli import judge, run, validate, version


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the arguments, run the verb and return its exit code."""
    parser = argparse.ArgumentParser(prog="hposweep", description="Optuna sweeps on Kubernetes.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run.add_to(verbs)
    validate.add_to(verbs)
    judge.add_to(verbs)
    version.add_to(verbs)
    options = parser.parse_args(arguments)
    return int(options.run(options))
