"""The supervisor's side of one trial's process: start it, hear from it, end it with all that it started.

Processes are forked from a server that has imported the user's module already (`warm`), which makes a fresh process per
trial cost milliseconds. This room knows no database and no Optuna, so that `__main__` can start the first process
before the supervisor has imported either.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import pickle
import signal
import time
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from typing import Any

from hpotrial.messages import Answer, Died, Message, Refusal, Task

CONTEXT = multiprocessing.get_context("forkserver")
PRELOADED = "hpotrial.warm"
PR_SET_CHILD_SUBREAPER = 36
COLD_STARTS = 20
PAUSE_SECONDS = 0.1
# After its last word a process only has to leave. Threads and child processes of the objective may keep it from that.
LEAVE_SECONDS = 2.0


def adopt_orphans() -> None:
    """What a trial leaves behind becomes a child of this process, also where it is not the container's first."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _run(connection: Connection[Any, Any], task: Task) -> None:
    from hpotrial import child  # loaded in the fork server; the supervisor has no use for it

    child.run(connection, task)


def _started(connection: Connection[Any, Any], task: Task) -> ForkServerProcess:
    """Forked from the warm server; from a cold one when importing the user's module kills the server."""
    for preloaded in [[PRELOADED], *([[]] * COLD_STARTS)]:
        CONTEXT.set_forkserver_preload(preloaded)
        process = CONTEXT.Process(target=_run, args=(connection, task), name=f"trial-{task.number}")
        try:
            process.start()
        except (EOFError, OSError):
            time.sleep(PAUSE_SECONDS)  # its sockets close a little before it counts as dead
            continue
        return process
    raise OSError("the fork server ends as soon as it starts")


class TrialProcess:
    """One fresh process, from start to end."""

    def __init__(self, task: Task) -> None:
        self._connection, theirs = CONTEXT.Pipe()
        self._process = _started(theirs, task)
        self._pid = self._process.pid or 0
        self._is_ended = False
        theirs.close()

    def receive(self, timeout_seconds: float | None, wakeup: int | None = None) -> Message | None:
        """The next message; `Died` when there will be none; None when time is over or `wakeup` became readable."""
        watched: list[Connection[Any, Any] | int] = [
            self._connection,
            self._process.sentinel,
            *([wakeup] if wakeup is not None else []),
        ]
        ready = wait(watched, timeout=timeout_seconds)
        if self._connection in ready or (self._process.sentinel in ready and self._connection.poll()):
            with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):  # killed in mid-sentence
                return self._connection.recv()  # type: ignore[no-any-return]
            self._process.join(LEAVE_SECONDS)
            return Died(self._exit_code())
        return Died(self._exit_code()) if self._process.sentinel in ready else None

    def reply(self, answer: Answer | Refusal) -> None:
        with contextlib.suppress(OSError):  # it died meanwhile: the next `receive` says so
            self._connection.send(answer)

    def leave(self) -> None:
        """After its last word: let it go by itself for a moment, then see to it."""
        self._process.join(LEAVE_SECONDS)
        self.end(grace_seconds=0)

    def end(self, grace_seconds: float) -> None:
        """SIGTERM, then SIGKILL, to the whole group. Nothing of it is left afterwards. A second call does nothing."""
        if self._is_ended:
            return
        self._is_ended = True
        if grace_seconds > 0:
            self._signal(signal.SIGTERM)
            self._process.join(grace_seconds)
        self._signal(signal.SIGKILL)
        self._process.join()
        self._bury_group()
        self._connection.close()
        self._process.close()

    def _signal(self, signal_number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal_number)
            return
        # Killed before it had made its own group.
        with contextlib.suppress(ProcessLookupError):
            if self._process.is_alive():
                os.kill(self._pid, signal_number)

    def _bury_group(self) -> None:
        """Its orphans are ours (`adopt_orphans`): wait until the last is gone, but not for ever for a stuck one."""
        deadline = time.monotonic() + LEAVE_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PGID, self._pid, os.WEXITED | os.WNOHANG)
            try:
                os.killpg(self._pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.005)

    def _exit_code(self) -> int:
        code = self._process.exitcode
        return code if code is not None else -signal.SIGKILL  # it closed its pipe and lives: `end` will kill it
