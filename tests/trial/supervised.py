"""Start `supervisor` and read what it found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpotrial import protocol
from tests.trial.builders import OBJECTIVES, work

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 100.0


@dataclass(frozen=True)
class Found:
    """One line for each trial, and all that was printed."""

    trials: list[dict[str, Any]]
    log: str


def supervise(
    directory: Path,
    orders: list[dict[str, Any]],
    block: dict[str, Any] | None = None,
    prefix: tuple[str, ...] = (),
    **environment: str,
) -> Found:
    """`prefix`: a program that starts the supervisor, in a cgroup say."""
    report = directory / "report.jsonl"
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "TMPDIR": str(directory),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "trial_image")]),
        protocol.WORK_ENV: json.dumps(block or work("zoo:objective")),
        protocol.SOURCE_PATH_ENV: str(OBJECTIVES),
        protocol.STUDY_ENV: "zoo",
        **environment,
    }
    ended = subprocess.run(
        [*prefix, sys.executable, "-m", "tests.trial.supervisor", str(report)],
        input="".join(json.dumps(order) + "\n" for order in orders).encode(),
        capture_output=True,
        env=environ,
        cwd=directory,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    log = ended.stdout.decode(errors="replace") + ended.stderr.decode(errors="replace")
    assert ended.returncode == 0, log[-4000:]
    return Found([json.loads(line) for line in report.read_text().splitlines()], log)
