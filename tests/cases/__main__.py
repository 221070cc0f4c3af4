"""Run all cases, or some of them, and print how many are right.

python -m tests.cases --only tuple --only stop -j 2 -v
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.cases.case import FOLDER, Case, cases
from tests.cases.databases import Databases
from tests.cases.execution import differences


def main() -> int:
    arguments = _arguments()
    selected = [case for case in cases(arguments.folder) if _is_selected(case, arguments)]
    started = time.monotonic()
    right = 0
    with Databases() as databases, ThreadPoolExecutor(arguments.j) as executor:
        outcomes = executor.map(lambda case: (case, *_run(case, databases)), selected)
        for case, lines, seconds in outcomes:
            right += not lines
            print(f"{'right' if not lines else 'WRONG'}  {seconds:5.1f} s  {case}", flush=True)
            for line in lines if arguments.verbose else lines[:-1]:
                print(f"       {line}", flush=True)
    print(f"{right} of {len(selected)} right in {time.monotonic() - started:.0f} s")
    return 0 if right == len(selected) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.cases", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="cases whose name contains NAME; repeatable")
    parser.add_argument("--area", action="append", help="cases of this area; repeatable")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="cases of another folder (default: tests/cases)")
    parser.add_argument("-j", type=int, default=2, metavar="N", help="cases that run side by side (default: 2)")
    parser.add_argument("-v", "--verbose", action="store_true", help="print the output of a wrong case")
    return parser.parse_args()


def _is_selected(case: Case, arguments: argparse.Namespace) -> bool:
    is_named = not arguments.only or any(name in str(case) for name in arguments.only)
    return is_named and (not arguments.area or case.area in arguments.area)


def _run(case: Case, databases: Databases) -> tuple[list[str], float]:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hposweep-case-") as folder:
        Path(folder).chmod(0o755)
        return differences(case, databases, Path(folder)), time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
