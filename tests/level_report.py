"""The end of `make test`: the slowest tests, the time of each stage, and how many tests ran at each level.

`levels` calls it with the JUnit reports that pytest has written.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.stages import Run

SLOWEST = 20
BAD = ("failure", "error")
INTERNAL_ERROR = "pytest::internal"  # the test that pytest reports when it fails outside the tests


@dataclass(frozen=True, slots=True)
class Record:
    """One test as a report has it; `seconds` include the fixtures that it was the first to ask for."""

    level: str
    name: str
    seconds: float
    outcome: str  # passed, failed or skipped


def say(title: str) -> None:
    print(f"\n=== {title}", flush=True)


def read(report: Path) -> Iterator[Record]:
    """Yield the tests of a report; none if pytest ended before it wrote one."""
    if not report.exists():
        return
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314  # written by the pytest above
        # A file that cannot be collected has no class name, and its dotted path as its name.
        words = (case.get("classname") or case.get("name") or "").split(".")
        outcome = "failed" if any(case.find(tag) is not None for tag in BAD) else "passed"
        if case.find("skipped") is not None:
            outcome = "skipped"
        name = f"{'/'.join(words)}::{case.get('name', '').partition('@')[0]}"
        yield Record(words[1] if len(words) > 1 else "", name, float(case.get("time", "0")), outcome)


def show(runs: Sequence[Run], levels: Iterable[str], seconds: float) -> bool:
    """Print everything; return whether each level ran and each test passed."""
    tests = [(run, list(read(run.report))) for run in runs]
    every = [test for _, found in tests for test in found]
    _show_slowest(every)
    broken = _show_stages(tests, seconds)
    is_whole = _show_levels(every, levels, broken)
    return is_whole and not broken


def show_steps(steps: Mapping[str, bool]) -> bool:
    """Name the steps that run no test and failed; return whether there was none."""
    failures = [step for step, has_passed in steps.items() if not has_passed]
    for step in failures:
        print(f"failed: {step}; its output is above", flush=True)
    return not failures


def _show_slowest(tests: Iterable[Record]) -> None:
    say(f"the {SLOWEST} slowest tests")
    for test in sorted(tests, key=lambda test: -test.seconds)[:SLOWEST]:
        print(f"{test.seconds:>8.1f} s  {test.name}")


def _show_stages(tests: Iterable[tuple[Run, Sequence[Record]]], seconds: float) -> int:
    """Return how many stages ended badly without a test that failed: each counts as one failure."""
    say(f"all stages, {seconds / 60:.1f} min")
    broken = 0
    for run, found in tests:
        is_broken = run.status != 0 and not any(test.outcome == "failed" for test in found)
        broken += is_broken
        has_crashed = any(test.name == INTERNAL_ERROR for test in found)
        note = "  pytest itself failed" if has_crashed else f"  pytest ended with {run.status}" if is_broken else ""
        print(f"{run.seconds:>8.0f} s  {run.stage.name}: {', '.join(run.stage.levels)}{note}")
    return broken


def _show_levels(tests: Sequence[Record], levels: Iterable[str], broken: int) -> bool:
    say("all levels; seconds are the sum over the tests, many of which ran side by side")
    print(f"{'level':<12} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}")
    is_whole = True
    for level in levels:
        own = [test for test in tests if test.level == level]
        passed, failed, skipped = _counts(own)
        is_whole = is_whole and passed > 0 and failed == 0
        line = f"{level:<12} {passed:>7} {failed:>7} {skipped:>8} {sum(test.seconds for test in own):>8.0f}"
        print(line if own else f"{level:<12} did not run")
    passed, failed, skipped = _counts(tests)
    print(f"\n{passed} passed, {failed + broken} failed, {skipped} skipped", flush=True)
    return is_whole


def _counts(tests: Iterable[Record]) -> tuple[int, int, int]:
    outcomes = [test.outcome for test in tests]
    return outcomes.count("passed"), outcomes.count("failed"), outcomes.count("skipped")
