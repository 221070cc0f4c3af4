"""The supervisor's side of one trial's process: start it, hear from it, end it with all that it started.

Processes are forked from a server that has imported the user's module already (`preload`), so that a fresh process per
trial costs milliseconds. This module knows no database and no Optuna, so that `__main__` can start the first process
before the supervisor has imported either.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from typing import Any

from hpotrial.objective import scratch
from hpotrial.process import memory, reaper
from hpotrial.process.output import Capture, Output
from hpotrial.protocol.messages import Message, ProcessDied, Refusal, Reply, Task

CONTEXT = multiprocessing.get_context("forkserver")
PRELOAD = "hpotrial.process.preload"
MAX_COLD_STARTS = 20
PAUSE_SECONDS = 0.1
# After its last word a process only has to leave. Threads and child processes of the objective may keep it from that.
LEAVE_SECONDS = 2.0
# What SIGKILL does not end by then hangs in the kernel, on a driver or a file server, and would hold us for ever.
KILL_SECONDS = 10.0


def _run(connection: Connection[Any, Any], output: Connection[Any, Any] | None) -> None:
    from hpotrial.process import child  # loaded in the fork server; the supervisor has no use for it

    child.run(connection, output)


def _fork(connection: Connection[Any, Any], output: Connection[Any, Any] | None) -> ForkServerProcess:
    """Forked from the warm server; from a cold one when importing the user's module kills the server."""
    for modules in [[PRELOAD], *([[]] * MAX_COLD_STARTS)]:
        CONTEXT.set_forkserver_preload(modules)
        process = CONTEXT.Process(target=_run, args=(connection, output), name="trial")
        try:
            process.start()
        except (EOFError, OSError):
            time.sleep(PAUSE_SECONDS)  # its sockets close a little before it counts as dead
            continue
        return process
    raise OSError("the fork server exits as soon as it starts")


class TrialProcess:
    """One fresh process, from start to end; one at a time has a task, another may stand ready (`standby`).

    Whatever else becomes a child of this process while it has a task counts as left behind by the trial, and is killed
    with it.
    """

    def __init__(self, task: Task | None, output: Output | None = None) -> None:
        self._earlier_children = reaper.children()
        self._oom_kills = memory.oom_kills()
        self._connection, child_end = CONTEXT.Pipe()
        self._capture: Capture | None = output.capture() if output is not None else None
        try:
            self._process = _fork(child_end, self._capture.writer if self._capture else None)
        except BaseException:
            if self._capture:
                self._capture.close()
            raise
        self._pid = self._process.pid or 0
        self._is_gone: bool | None = None
        child_end.close()
        if self._capture:
            self._capture.writer.close()
        if task is not None:
            self.begin(task)

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def begin(self, task: Task) -> None:
        """What it is for, once and before anything else; from now on its orphans are looked for."""
        self._earlier_children = reaper.children()
        self._oom_kills = memory.oom_kills()
        with contextlib.suppress(OSError):  # it died already: `receive` says so
            self._connection.send(task)

    def receive(self, timeout_seconds: float | None, wakeup: int | None = None) -> Message | None:
        """Return the next message, `ProcessDied` at the end, or None at the timeout or when `wakeup` is readable."""
        waitables: list[Connection[Any, Any] | int] = [
            self._connection,
            self._process.sentinel,
            *([wakeup] if wakeup is not None else []),
        ]
        ready = wait(waitables, timeout=timeout_seconds)
        if self._connection in ready or (self._process.sentinel in ready and self._connection.poll()):
            try:
                return self._connection.recv()  # type: ignore[no-any-return]
            except Exception:  # killed in mid-sentence, or it wrote something of its own into our pipe
                self._process.join(LEAVE_SECONDS)
                return ProcessDied(self._exit_code())
        return ProcessDied(self._exit_code()) if self._process.sentinel in ready else None

    def reply(self, answer: Reply | Refusal) -> None:
        with contextlib.suppress(OSError):  # it died meanwhile: the next `receive` says so
            self._connection.send(answer)

    def tail(self) -> str:
        """The last lines that it has printed; nothing when its output is not captured."""
        return self._capture.tail() if self._capture else ""

    def is_oom_killed(self) -> bool:
        """Has the kernel taken a process for lack of memory since this one was started?"""
        return memory.oom_kills() > self._oom_kills

    def leave(self) -> bool:
        """After its last word: let it go by itself for a moment, then see to it."""
        if self._is_gone is None:
            self._process.join(LEAVE_SECONDS)
        return self.end(grace_seconds=0)

    def end(self, grace_seconds: float) -> bool:
        """SIGTERM, then SIGKILL, to the whole group; then whatever has left the group. A second call changes nothing.

        True when nothing of the trial is left. False when something hangs in the kernel: this worker had better be
        replaced by another.
        """
        if self._is_gone is not None:
            return self._is_gone
        if grace_seconds > 0:
            self._signal(signal.SIGTERM)
            self._process.join(grace_seconds)
        self._signal(signal.SIGKILL)
        self._process.join(KILL_SECONDS)
        is_group_gone = self._wait_for_group()
        self._is_gone = reaper.kill_and_reap(self._earlier_children, KILL_SECONDS) and is_group_gone
        scratch.remove(self._pid)
        if self._capture:
            self._capture.close()
        self._connection.close()
        with contextlib.suppress(ValueError):  # it hangs in the kernel
            self._process.close()
        return self._is_gone

    def _signal(self, signal_number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal_number)
            return
        # Killed before it had made its own group.
        with contextlib.suppress(ProcessLookupError):
            if self._process.is_alive():
                os.kill(self._pid, signal_number)

    def _wait_for_group(self) -> bool:
        """Wait until the last process of the group is gone, at most KILL_SECONDS (this process is their subreaper)."""
        deadline = time.monotonic() + KILL_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PGID, self._pid, os.WEXITED | os.WNOHANG)
            try:
                os.killpg(self._pid, signal.SIGKILL)  # again: one that forked in that moment has got away
            except ProcessLookupError:
                return True
            time.sleep(0.005)
        return False

    def _exit_code(self) -> int:
        code = self._process.exitcode
        return code if code is not None else -signal.SIGKILL  # it closed its pipe and lives: `end` will kill it
