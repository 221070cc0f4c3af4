"""What a person sees while images are built: one line a step with its seconds, and a sign of life in long ones."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from images.error import ImageError

SIGN_OF_LIFE_SECONDS = 20.0  # shorter would drown the steps, longer looks like a hang
SHOWN_LINES = 25  # of a failed program's output


def say(sentence: str) -> None:
    """Print to standard error: standard output belongs to `names`."""
    print(f"  {sentence}", file=sys.stderr, flush=True)


def done(what: str, started: float) -> None:
    say(f"{time.monotonic() - started:6.1f} s  {what}")


def run(what: str, command: Sequence[str], log: Path) -> None:
    """Run a program to its end, its output in `log`; a failure shows the output's end."""
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
        raise ImageError(f"{what}: {command[0]} ended with {status}; the end of {log}:\n{end}")
    done(what, started)


def _wait(process: subprocess.Popen[bytes], what: str, started: float, log: Path) -> int:
    while True:
        try:
            return process.wait(SIGN_OF_LIFE_SECONDS)
        except subprocess.TimeoutExpired:
            lines = log.read_text(errors="replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "")
            say(f"       …  {what}, {time.monotonic() - started:.0f} s: {last.split(chr(13))[-1].strip()[:80]}")
