"""What a person sees: one line a step with its seconds, and the programs that do the work. Used by every room here."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class DemoError(Exception):
    """The demo cannot go on; the message says why and what to look at."""


def say(line: str = "") -> None:
    print(line, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """A line with the seconds that it took."""
    started = time.monotonic()
    yield
    say(f"  {time.monotonic() - started:6.1f} s  {what}")


def run(*command: str, stdin: str | None = None) -> str:
    """The program's output. Raises DemoError with its own words."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        # The command line may hold nothing secret: passwords go by standard input only.
        raise DemoError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def kubectl(*arguments: str, stdin: str | None = None) -> str:
    return run("kubectl", *arguments, stdin=stdin)


def read(*arguments: str) -> Any:
    """An object or a list, as the API has it; None when it is absent."""
    text = kubectl("get", *arguments, "--ignore-not-found", "-o", "json")
    return json.loads(text) if text.strip() else None


def apply(*objects: dict[str, Any]) -> None:
    body = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    kubectl("apply", "-f", "-", stdin=json.dumps(body))


def fail(message: str) -> int:
    print(f"demo: {message}", file=sys.stderr, flush=True)
    return 1
