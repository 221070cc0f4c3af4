"""`hposweep validate SWEEP.yaml`: what speaks against a sweep, before anything runs. Its arguments; `command` does it.

Nothing heavy is imported before the verb is chosen.
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
        "decision points, baseline, sampler and search space. Errors would be refused, warnings are said.",
        epilog=EXIT_CODES,
    )
    verb.add_argument("file", metavar="SWEEP.yaml", help="the sweep, or a folder of them; - is the standard input")
    verb.add_argument("-o", "--output", choices=("text", "json"), default="text", help="how to print (default: text)")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hposweep.cli.validate.command import validate

    return validate(arguments)
