"""`hposweep run SWEEP.yaml`: the same sweep without a cluster. Its arguments; `command` does it.

Nothing heavy is imported before the verb is chosen.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

EXIT_CODES = "exit code: 0 Complete, 1 Failed, 2 refused, 130 stopped by Ctrl-C, 143 stopped by SIGTERM"


def add_to(verbs: Any) -> None:
    verb = verbs.add_parser(
        "run",
        help="run a sweep on this machine, without Kubernetes",
        description="Run the sweep of a file: workers are processes of this machine, the study is in a PostgreSQL that "
        "comes along. Ctrl-C drains it, a second one terminates it; the same command goes on with it.",
        epilog=EXIT_CODES,
    )
    verb.add_argument("file", type=Path, metavar="SWEEP.yaml", help="the sweep; ConfigMaps in the same file are used")
    verb.add_argument(
        "--storage",
        metavar="URL",
        help="a PostgreSQL of yours; better as environment variable HPOSWEEP_STORAGE_URL, since others can read a "
        "command line",
    )
    verb.add_argument("--workers", type=int, metavar="N", help="instead of spec.workers.replicas")
    verb.add_argument("--out", type=Path, metavar="DIR", help="folder of the run (default: ./<name of the sweep>-run)")
    verb.add_argument("--study", metavar="NAME", help="instead of spec.study.name")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hposweep.cli.run.command import run_sweep

    return run_sweep(arguments)
