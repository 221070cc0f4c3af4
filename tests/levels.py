"""`make test`: every level of tests in order, on a real cluster, and one table of how many ran at each.

Nothing hides: a level that cannot start is a failure, a skipped test is counted and named by pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("buildah", "debootstrap", "postgresql")


@dataclass(frozen=True, slots=True)
class Level:
    """A folder of tests, and whether it needs the cluster."""

    name: str
    seconds_per_test: int
    needs_cluster: bool = True
    needs_own_cluster: bool = False  # pulls its cables


LEVELS = (
    Level("unit", 60, needs_cluster=False),
    Level("trial", 120, needs_cluster=False),
    Level("local", 180, needs_cluster=False),
    Level("packaging", 300),
    Level("contract", 120),
    Level("integration", 600),
    Level("e2e", 900),
    Level("chaos", 1800, needs_own_cluster=True),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a level came to."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float


def main() -> int:
    started = time.monotonic()
    _say("make check")
    has_checked = _call("make", "check") == 0
    is_ready = _prepare()
    levels = [level for level in LEVELS if not (level.needs_own_cluster and os.environ.get("GIVEN_KUBECONFIG"))]
    results = [_run(level) for level in levels if is_ready or not level.needs_cluster]
    if os.environ.get("CI") and not os.environ.get("GIVEN_KUBECONFIG"):
        _call(sys.executable, "-m", "tests.cluster", "down", "--purge")
    _table(results, time.monotonic() - started)
    complete = has_checked and is_ready and len(results) == len(levels)
    return 0 if complete and all(result.failed == 0 and result.passed for result in results) else 1


def _prepare() -> bool:
    """The cluster (unless one is given) and the images; their exports go to every level after."""
    _say("cluster and images")
    if _call(sys.executable, "-m", "tests.cluster", "packages", *PACKAGES):
        return False
    if os.environ.get("KUBECONFIG"):
        os.environ["GIVEN_KUBECONFIG"] = "1"
    else:
        if _call(sys.executable, "-m", "tests.cluster", "up"):
            return False
        _export()
    return _call(sys.executable, "-m", "images", "build") == 0


def _export() -> None:
    script = 'eval "$("$0" -m tests.cluster env)" && env -0'
    shell = ["bash", "-c", script, sys.executable]
    output = subprocess.run(shell, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    os.environ.update(dict(entry.split("=", 1) for entry in output.split("\0") if "=" in entry))


def _run(level: Level) -> Result:
    _say(f"tests/{level.name}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        options = [f"--junitxml={report}", f"--timeout={level.seconds_per_test}", "--durations=5"]
        code = _call(sys.executable, "-m", "pytest", "-q", f"tests/{level.name}", *options)
        counts = _counts(report)
    passed, failed, skipped = counts
    failed += int(code != 0 and failed == 0)  # a run that ended without a failed test has failed as a whole
    return Result(level.name, passed, failed, skipped, time.monotonic() - started)


def _counts(report: Path) -> tuple[int, int, int]:
    if not report.exists():
        return 0, 0, 0
    suite = ElementTree.parse(report).getroot().find("testsuite")  # noqa: S314  # written by the pytest above
    if suite is None:
        return 0, 0, 0
    total, failures, errors, skipped = (int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped"))
    return total - failures - errors - skipped, failures + errors, skipped


def _call(*command: str) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _say(what: str) -> None:
    print(f"\n=== {what}", flush=True)


def _table(results: list[Result], seconds: float) -> None:
    _say(f"all levels, {seconds / 60:.1f} min")
    print(f"{'level':<12} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}")
    for result in results:
        print(f"{result.name:<12} {result.passed:>7} {result.failed:>7} {result.skipped:>8} {result.seconds:>8.0f}")
    passed, failed, skipped = (sum(getattr(entry, key) for entry in results) for key in ("passed", "failed", "skipped"))
    for level in LEVELS:
        if level.name not in {result.name for result in results}:
            print(f"{level.name:<12} did not run")
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)


if __name__ == "__main__":
    sys.exit(main())
