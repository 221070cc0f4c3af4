"""The arguments of `hposweep run SWEEP.yaml`, which runs a sweep without a cluster.

Heavy modules are imported only when the verb is chosen.
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
        description="Run the sweep of a file. Workers are processes of this machine; the study is stored in a bundled "
        "PostgreSQL. Ctrl-C drains the sweep, a second Ctrl-C terminates it. The same command continues it.",
        epilog=EXIT_CODES,
    )
    verb.add_argument("file", type=Path, metavar="SWEEP.yaml", help="the sweep; ConfigMaps in the same file are used")
    verb.add_argument(
        "--storage",
        metavar="URL",
        help="your own PostgreSQL; prefer the environment variable HPOSWEEP_STORAGE_URL, because other users can read "
        "a command line",
    )
    verb.add_argument("--workers", type=int, metavar="N", help="override spec.workers.replicas")
    verb.add_argument("--out", type=Path, metavar="DIR", help="folder of the run (default: ./<name of the sweep>-run)")
    verb.add_argument("--study", metavar="NAME", help="override spec.study.name")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hposweep.cli.run.command import run_sweep

    return run_sweep(arguments)
