"""`python -m tests.style`: print the measures; with `-v` each offender; with `--strict` fail where one is broken."""

from __future__ import annotations

import argparse
import ast
from pathlib import Path

from tests.packaging.checkout import ROOT, source_files
from tests.style import classes, docstrings, names, words
from tests.style.measure import Measure

PACKAGES = {"hposweep": Path("operator/hposweep"), "hpotrial": Path("trial_image/hpotrial")}


def main(arguments: list[str] | None = None) -> int:
    """Print the measures and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.style", description="Measures of names and sentences.")
    parser.add_argument("-v", "--verbose", action="store_true", help="list each offender with its file and line")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a limit is broken")
    chosen = parser.parse_args(arguments)
    results = measures()
    for result in results:
        print(result)
        for offender in result.offenders if chosen.verbose else ():
            print(f"  {offender}")
    return int(chosen.strict and not all(result.is_kept for result in results))


def measures() -> list[Measure]:
    """Take all measures of this checkout."""
    trees = {path: ast.parse((ROOT / path).read_text()) for path in source_files(".py")}
    packages = {
        package: [(path, tree) for path, tree in trees.items() if path.is_relative_to(folder)]
        for package, folder in PACKAGES.items()
    }
    return [
        *(names.measure(package, files) for package, files in packages.items()),
        *(docstrings.measure(package, files) for package, files in packages.items()),
        classes.measure([file for files in packages.values() for file in files]),
        *words.measures(),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
