"""`hposweep judge SWEEP.yaml`: what its criteria, decision points and health rules say of given trials. Its arguments.

Nothing heavy is imported before the verb is chosen.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

EXIT_CODES = "exit code: 0 judged, 2 something cannot be read"


def add_to(verbs: Any) -> None:
    verb = verbs.add_parser(
        "judge",
        help="say what a sweep's criteria, decision points and health rules make of given trials",
        description="Judge trials by the rules of a sweep, without running anything: those of a file, or of a study in "
        "a database. A study that has ended is judged as it would have been at its end.",
        epilog=EXIT_CODES,
    )
    verb.add_argument(
        "file", type=Path, metavar="SWEEP.yaml", help="the sweep; `objective` and `workers` may be absent"
    )
    source = verb.add_mutually_exclusive_group()
    source.add_argument(
        "--trials",
        metavar="FILE.jsonl",
        help="one JSON object a line: number, state, params, values, seconds, attributes; `-` for the standard input",
    )
    source.add_argument("--study", metavar="NAME", help="a study of the database (default: that of the sweep)")
    verb.add_argument(
        "--storage",
        metavar="URL",
        help="the database, a PostgreSQL; better as environment variable HPOSWEEP_STORAGE_URL, since others can read a "
        "command line",
    )
    verb.add_argument(
        "--baseline", metavar="FILE.jsonl", help="trials to compare with, instead of what spec.baseline names"
    )
    end = verb.add_mutually_exclusive_group()
    end.add_argument("--ended", action="store_true", help="judge as at the end, though a trial is RUNNING")
    end.add_argument("--running", action="store_true", help="judge as in mid-sweep, though no trial is RUNNING")
    verb.add_argument(
        "-o", "--output", choices=("text", "json"), default="text", help="json: the keys of `status` (default: text)"
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hposweep.cli.judge.command import judge_trials

    return judge_trials(arguments)
