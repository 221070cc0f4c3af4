"""Monitor the program of a command objective: forward its output, report its steps, signal it when it is pruned.

One loop without threads, because its process was forked and may fork.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

from hpotrial.objective.command.environment import CommandEnvironment
from hpotrial.objective.command.metrics import MetricSearch
from hpotrial.objective.command.reports import Reports
from hpotrial.protocol.metrics import ESCAPE_SEQUENCE

POLL_SECONDS = 0.1  # the longest that a step waits in the file
# A pruned program may exit by itself first; then it gets SIGTERM, then SIGKILL.
PRUNED_GRACE_SECONDS = 10.0
SIGTERM_GRACE_SECONDS = 5.0
CHUNK_BYTES = 65536
MAX_CHUNKS = 64
MAX_LAST_LINE_BYTES = 65536


class Monitor:
    """Monitors one program from its start to its end."""

    def __init__(
        self,
        program: subprocess.Popen[bytes],
        environment: CommandEnvironment,
        trial: Any,
        search: MetricSearch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_pruned = False
        self._program = program
        self._environment = environment
        self._trial = trial
        self._clock = clock
        self._steps = Reports(environment.report_file)
        self._search = search
        self._printed_steps: list[tuple[int, float]] = []
        self._output = program.stdout
        self._tail = b""
        self._next_signal: tuple[float, signal.Signals] | None = None

    @property
    def last_line(self) -> str:
        lines = ESCAPE_SEQUENCE.sub("", self._tail.decode(errors="replace")).splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def run(self) -> None:
        """Run until the program itself has exited. The supervisor kills processes that it left."""
        if self._output is not None:
            os.set_blocking(self._output.fileno(), False)
        end_descriptor = _descriptor_of_end(self._program.pid)
        try:
            while True:
                has_ended = self._program.poll() is not None  # before reading, so that no output is missed
                self._forward_output()
                self._report(is_last=has_ended)
                if has_ended:
                    return
                self._signal_if_due()
                self._wait(end_descriptor)
        finally:
            if end_descriptor is not None:
                os.close(end_descriptor)
            if self._output is not None:
                self._output.close()

    def _forward_output(self) -> None:
        for _ in range(MAX_CHUNKS):
            if self._output is None:
                return
            try:
                chunk = os.read(self._output.fileno(), CHUNK_BYTES)
            except BlockingIOError:
                return
            if not chunk:
                self._output.close()
                self._output = None
                return
            self._tail = (self._tail + chunk)[-MAX_LAST_LINE_BYTES:]
            _write_all(1, chunk)
            self._printed_steps += self._search.feed(chunk)

    def _report(self, *, is_last: bool) -> None:
        if is_last:
            self._printed_steps += self._search.feed(b"", is_last=True)
        printed, self._printed_steps = self._printed_steps, []
        for step, value in (*self._steps.read(is_last=is_last), *printed):
            if self.is_pruned:
                continue
            self._trial.report(value, step)
            # A program that has exited has its result, so it is not pruned any more.
            if not is_last and self._trial.should_prune():
                self.is_pruned = True
                self._environment.pruned_file.touch()
                self._next_signal = self._clock() + PRUNED_GRACE_SECONDS, signal.SIGTERM

    def _signal_if_due(self) -> None:
        if self._next_signal is None or self._clock() < self._next_signal[0]:
            return
        self._program.send_signal(self._next_signal[1])
        self._next_signal = self._clock() + SIGTERM_GRACE_SECONDS, signal.SIGKILL

    def _wait(self, end_descriptor: int | None) -> None:
        descriptors = [
            *([self._output.fileno()] if self._output is not None else []),
            *([end_descriptor] if end_descriptor is not None else []),
        ]
        select.select(descriptors, [], [], POLL_SECONDS)


def _descriptor_of_end(pid: int) -> int | None:
    """Return a descriptor that becomes readable when the process exits; None where the kernel has none (then poll)."""
    with contextlib.suppress(OSError):
        return os.pidfd_open(pid)
    return None


def _write_all(descriptor: int, chunk: bytes) -> None:
    unwritten = memoryview(chunk)
    while unwritten:
        try:
            unwritten = unwritten[os.write(descriptor, unwritten) :]
        except OSError:  # the reader is gone; the program must not notice
            return
