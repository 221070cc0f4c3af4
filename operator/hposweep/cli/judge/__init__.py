"""The arguments of `hposweep judge SWEEP.yaml`, which applies a sweep's rules to trials that exist.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

EXIT_CODES = "exit code: 0 judged, 2 the input cannot be read"


def add_to(verbs: Any) -> None:
    verb = verbs.add_parser(
        "judge",
        help="apply a sweep's criteria, decision points and health rules to existing trials",
        description="Judge trials by the rules of a sweep without running anything. They come from a file or from a "
        "study in a database. A finished study is judged as at its end.",
        epilog=EXIT_CODES,
    )
    verb.add_argument(
        "file", type=Path, metavar="SWEEP.yaml", help="the sweep; `objective` and `workers` are optional here"
    )
    source = verb.add_mutually_exclusive_group()
    source.add_argument(
        "--trials",
        metavar="FILE.jsonl",
        help="one JSON object per line: number, state, params, values, seconds, attributes; `-` for standard input",
    )
    source.add_argument("--study", metavar="NAME", help="a study in the database (default: the study of the sweep)")
    verb.add_argument(
        "--storage",
        metavar="URL",
        help="a PostgreSQL; prefer the environment variable HPOSWEEP_STORAGE_URL, because other users can read a "
        "command line",
    )
    verb.add_argument("--baseline", metavar="FILE.jsonl", help="trials to compare with; overrides spec.baseline")
    end = verb.add_mutually_exclusive_group()
    end.add_argument("--ended", action="store_true", help="judge as at the end, even if a trial is RUNNING")
    end.add_argument("--running", action="store_true", help="judge as during the sweep, even if no trial is RUNNING")
    verb.add_argument(
        "-o", "--output", choices=("text", "json"), default="text", help="json: the keys of `status` (default: text)"
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hposweep.cli.judge.command import judge_trials

    return judge_trials(arguments)
