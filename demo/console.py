"""Output and subprocesses of the demo: one line per step with its duration. Used by every module here."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class DemoError(Exception):
    """The demo cannot continue. The message says why and what to look at."""


def say(line: str = "") -> None:
    print(line, flush=True)


def terminal_width() -> int:
    """Return the columns of the terminal; 80 where there is none."""
    return max(shutil.get_terminal_size().columns, 40)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print a line with the duration of the block."""
    started = time.monotonic()
    yield
    say(f"  {time.monotonic() - started:6.1f} s  {what}")


def run(*command: str, stdin: str | None = None) -> str:
    """Return the program's output. Raises DemoError with its error output."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        # The message shows the command line, so that passwords must be passed by standard input.
        raise DemoError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def kubectl(*arguments: str, stdin: str | None = None) -> str:
    return run("kubectl", *arguments, stdin=stdin)


def read(*arguments: str) -> Any:
    """Return an object or a list of the API, or None if it does not exist."""
    text = kubectl("get", *arguments, "--ignore-not-found", "-o", "json")
    return json.loads(text) if text.strip() else None


def apply(*objects: dict[str, Any]) -> None:
    body = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    kubectl("apply", "-f", "-", stdin=json.dumps(body))


def fail(message: str) -> int:
    print(f"demo: {message}", file=sys.stderr, flush=True)
    return 1
