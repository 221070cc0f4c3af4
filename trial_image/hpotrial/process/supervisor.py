"""The supervisor's side of one trial's process: start it, receive its messages, kill it with all that it started.

Processes are forked from a server that has imported the user's module (`preload`), so that a fresh process per trial
costs milliseconds. This module imports no database driver and no Optuna, so that `__main__` can start the first process
before the supervisor imports either.
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
from hpotrial.protocol.messages import EndRecorded, Message, ProcessDied, Refusal, Reply, Task

CONTEXT = multiprocessing.get_context("forkserver")
PRELOAD = "hpotrial.process.preload"
MAX_COLD_STARTS = 20
PAUSE_SECONDS = 0.1
# After its last message a process only has to exit. Threads and child processes of the objective may prevent it.
LEAVE_SECONDS = 2.0
# A process that survives SIGKILL for so long hangs in the kernel (a driver, a file server). Do not wait for it.
KILL_SECONDS = 10.0


def _run(connection: Connection[Any, Any], output: Connection[Any, Any] | None) -> None:
    from hpotrial.process import child  # imported in the fork server; the supervisor does not need it

    child.run(connection, output)


def _fork(connection: Connection[Any, Any], output: Connection[Any, Any] | None) -> ForkServerProcess:
    """Fork from the preloaded server; from one without preload when importing the user's module kills the server."""
    for modules in [[PRELOAD], *([[]] * MAX_COLD_STARTS)]:
        CONTEXT.set_forkserver_preload(modules)
        process = CONTEXT.Process(target=_run, args=(connection, output), name="trial")
        try:
            process.start()
        except (EOFError, OSError):
            time.sleep(PAUSE_SECONDS)  # its sockets close shortly before it counts as dead
            continue
        return process
    raise OSError("the fork server exits as soon as it starts")


class TrialProcess:
    """One fresh process from start to end. At most one has a task; another may wait without (`standby`).

    All other processes that become children of this process while it has a task count as left by the trial, and are
    killed with it.
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
        """Send the task, once and before anything else. From now on orphans count as the trial's."""
        self._earlier_children = reaper.children()
        self._oom_kills = memory.oom_kills()
        with contextlib.suppress(OSError):  # it is dead already; `receive` reports that
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
            except Exception:  # killed while sending, or the objective wrote bytes of its own into the pipe
                self._process.join(LEAVE_SECONDS)
                return ProcessDied(self._exit_code())
        return ProcessDied(self._exit_code()) if self._process.sentinel in ready else None

    def reply(self, answer: Reply | Refusal) -> None:
        with contextlib.suppress(OSError):  # it died meanwhile; the next `receive` reports that
            try:
                self._connection.send(answer)
            except OSError:
                raise
            except Exception as error:  # nothing was sent, because pickle refused the value
                sentence = f"the answer cannot be sent to the trial's process: {type(error).__name__}: {error}"
                self._connection.send(Refusal(RuntimeError(sentence), answer.call))

    def record_end(self) -> None:
        """Let the process call the callbacks."""
        with contextlib.suppress(OSError):  # it died meanwhile; the next `receive` reports that
            self._connection.send(EndRecorded())

    def tail(self) -> str:
        """Return the last lines that it has printed; empty when its output is not captured."""
        return self._capture.tail() if self._capture else ""

    def is_oom_killed(self) -> bool:
        """Return whether the OOM killer has killed a process since this one was started."""
        return memory.oom_kills() > self._oom_kills

    def leave(self) -> bool:
        """Let it exit by itself for a moment, then kill it. False when a process of the trial cannot be killed."""
        if self._is_gone is None:
            self._process.join(LEAVE_SECONDS)
        return self.end(grace_seconds=0)

    def end(self, grace_seconds: float) -> bool:
        """Send SIGTERM, then SIGKILL, to the group; then kill what has left the group. A second call changes nothing.

        True when no process of the trial is left. False when one hangs in the kernel; then this worker must be
        replaced.
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
        with contextlib.suppress(ValueError):  # it is still alive, because it hangs in the kernel
            self._process.close()
        return self._is_gone

    def _signal(self, signal_number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal_number)
            return
        # Killed before it had created its own group.
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
                os.killpg(self._pid, signal.SIGKILL)  # again, because a process that forked in that moment was missed
            except ProcessLookupError:
                return True
            time.sleep(0.005)
        return False

    def _exit_code(self) -> int:
        code = self._process.exitcode
        return code if code is not None else -signal.SIGKILL  # it closed its pipe and is alive; `end` kills it
