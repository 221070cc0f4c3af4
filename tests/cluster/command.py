"""Runs one program to its end, and turns a failure into a sentence that carries what the program said."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from tests.cluster.error import ClusterError

SHOWN_CHARACTERS = 2000  # the end of a program's complaint is where the reason stands


def run(
    argv: Sequence[str],
    *,
    text: str | None = None,
    environment: Mapping[str, str] | None = None,
    may_fail: bool = False,
) -> str:
    """Return what the program printed; `text` is its standard input."""
    try:
        done = subprocess.run(
            argv,
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
    except FileNotFoundError:
        raise ClusterError(f"{argv[0]}: no such program on PATH") from None
    if done.returncode and not may_fail:
        said = (done.stderr.strip() or done.stdout.strip())[-SHOWN_CHARACTERS:]
        raise ClusterError(f"`{' '.join(argv)}` ended with {done.returncode}: {said}")
    return done.stdout
