"""`make test`: the checks that run no test, then all tests in stages, and one table of how many ran at each level.

The cluster and the images are made while the first stage runs, which needs neither. A level that cannot start is a
failure, and pytest names and counts a skipped test.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from tests import level_report
from tests.image_choices import WITHOUT_TORCH
from tests.stages import SECONDS_PER_TEST, STAGES, Run, Stage

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("buildah", "debootstrap", "postgresql", "procps")


def main() -> int:
    started = time.monotonic()
    has_own_cluster = not os.environ.get("KUBECONFIG")
    with tempfile.TemporaryDirectory(prefix="hposweep-tests-") as folder, ThreadPoolExecutor(1) as background:
        is_installed = _call(sys.executable, "-m", "tests.cluster", "packages", *PACKAGES) == 0
        log = Path(folder, "preparation.log")
        log.touch()
        preparation = background.submit(_prepare, log, has_own_cluster)
        is_checked = _check()
        stages = [stage for stage in STAGES if has_own_cluster or not stage.needs_own_cluster]
        runs = [_run(stage, folder) for stage in stages if not stage.needs_cluster]
        cluster = _follow(preparation, log)
        if cluster is not None:
            os.environ.update({**cluster, "HPOSWEEP_E2E_RUN": folder})  # tests/e2e/shared_run.py
            runs += [_run(stage, folder) for stage in stages if stage.needs_cluster]
        if os.environ.get("CI") and has_own_cluster:
            _call(sys.executable, "-m", "tests.cluster", "down", "--purge")
        levels = [level for level in SECONDS_PER_TEST if any(level in stage.levels for stage in stages)]
        has_passed = level_report.show(runs, levels, time.monotonic() - started)
        steps = {
            "the Debian packages": is_installed,
            "make lint": is_checked,
            "the cluster and its images": cluster is not None,
        }
        is_complete = level_report.show_steps(steps)
    return 0 if is_complete and has_passed else 1


def _check() -> bool:
    level_report.say("make lint")
    started = time.monotonic()
    status = _call("make", "lint")
    print(f"make lint: {time.monotonic() - started:.0f} s", flush=True)
    return status == 0


def _prepare(log: Path, has_own_cluster: bool) -> dict[str, str] | None:
    """Start the cluster (unless one is given), build the images, return the cluster's exports; None if one fails."""
    python, exports = sys.executable, dict[str, str]()
    with log.open("w") as stream:
        if has_own_cluster:
            if subprocess.run([python, "-m", "tests.cluster", "up"], cwd=ROOT, stderr=stream, check=False).returncode:
                return None
            exports = _exports()
        for choices in (WITHOUT_TORCH, {}):
            build, environment = [python, "-m", "images", "build"], {**os.environ, **exports, **choices}
            if subprocess.run(build, cwd=ROOT, env=environment, stderr=stream, check=False).returncode:
                return None
        for tool in ("prometheus", "kube-score"):
            build = [python, "-m", "tests.cluster", tool]
            if subprocess.run(build, cwd=ROOT, stderr=stream, check=False).returncode:
                return None
    return exports


def _follow(preparation: Future[dict[str, str] | None], log: Path) -> dict[str, str] | None:
    """Show what the preparation says until it ends; return what it returns."""
    level_report.say("cluster and images, since the first test")
    with log.open() as stream:
        while not preparation.done():
            print(stream.read(), end="", flush=True)
            wait([preparation], timeout=1)
        print(stream.read(), end="", flush=True)
    return preparation.result()


def _exports() -> dict[str, str]:
    script = 'eval "$("$0" -m tests.cluster env)" && env -0'
    shell = ["bash", "-c", script, sys.executable]
    output = subprocess.run(shell, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return dict(entry.split("=", 1) for entry in output.split("\0") if "=" in entry)


def _run(stage: Stage, folder: str) -> Run:
    level_report.say(f"{stage.name}: {', '.join(stage.levels)}")
    report = Path(folder, f"{STAGES.index(stage)}.xml")
    started = time.monotonic()
    status = _call(*stage.command(report), environment=stage.environment)
    return Run(stage, time.monotonic() - started, status, report)


def _call(*command: str, environment: Mapping[str, str] | None = None) -> int:
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **(environment or {})}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
