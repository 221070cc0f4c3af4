"""Progress of a build on the terminal: one line per step with its duration, and a progress line in long steps."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from images.error import ImageError

SIGN_OF_LIFE_SECONDS = 20.0  # a shorter interval would hide the steps, and a longer one would look like a hang
SHOWN_LINES = 25  # of a failed program's output


def say(sentence: str) -> None:
    """Print to standard error, because standard output is for `names`."""
    print(f"  {sentence}", file=sys.stderr, flush=True)


def done(what: str, started: float) -> None:
    say(f"{time.monotonic() - started:6.1f} s  {what}")


def run(what: str, command: Sequence[str], log: Path) -> None:
    """Run a program to its end with its output in `log`. A failure shows the last lines of the output."""
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            status = _wait(process, what, started, log)
        except BaseException:
            process.kill()
            process.wait()
            raise
    if status:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-SHOWN_LINES:])
        raise ImageError(f"{what}: {command[0]} exited with {status}; the last lines of {log}:\n{end}")
    done(what, started)


def _wait(process: subprocess.Popen[bytes], what: str, started: float, log: Path) -> int:
    while True:
        try:
            return process.wait(SIGN_OF_LIFE_SECONDS)
        except subprocess.TimeoutExpired:
            lines = log.read_text(errors="replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "")
            say(f"       …  {what}, {time.monotonic() - started:.0f} s: {last.split(chr(13))[-1].strip()[:80]}")
