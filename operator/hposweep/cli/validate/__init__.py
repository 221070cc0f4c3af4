"""The arguments of `hposweep validate SWEEP.yaml`, which checks a sweep before anything runs.

Heavy modules are imported only when the verb is chosen.
"""

from __future__ import annotations

import argparse
from typing import Any

EXIT_CODES = "exit code: 0 valid (warnings allowed), 1 errors, 2 no sweep could be read"


def add_to(verbs: Any) -> None:
    verb = verbs.add_parser(
        "validate",
        help="check a sweep, without Kubernetes and without running it",
        description="Check the sweeps of a file against the schema and against themselves: thresholds, budgets, tiers, "
        "decision points, baseline, sampler and search space. Errors: the operator would reject the sweep. Warnings: "
        "it would run, but read them.",
        epilog=EXIT_CODES,
    )
    verb.add_argument("file", metavar="SWEEP.yaml", help="a file, a folder of files, or - for standard input")
    verb.add_argument("-o", "--output", choices=("text", "json"), default="text", help="how to print (default: text)")
    verb.add_argument("-v", "--verbose", action="store_true", help="print every finding with its details and fields")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hposweep.cli.validate.command import validate

    return validate(arguments)
