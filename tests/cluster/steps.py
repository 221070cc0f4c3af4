"""What a person sees while the cluster starts: one line a step, with its seconds, and the total at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Steps:
    """Prints to standard error, so that `env` and `kubeconfig` keep standard output for themselves."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def say(self, sentence: str) -> None:
        print(f"  {sentence}", file=sys.stderr, flush=True)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Time one step; a step that fails shows no line, its error does."""
        started = time.monotonic()
        yield
        self.say(f"{time.monotonic() - started:6.1f} s  {what}")

    def total(self, what: str) -> None:
        self.say(f"{time.monotonic() - self._started:6.1f} s  in all: {what}")
