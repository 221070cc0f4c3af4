"""Kill and reap processes that a trial left outside its process group: daemons and others that called `setsid`.

The supervisor adopts orphans, as a child subreaper or as process 1 of a pod. So a child of the supervisor that was not
there before the trial, and is no part of multiprocessing, was left by the trial.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Iterator
from multiprocessing import forkserver, resource_tracker
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
PAUSE_SECONDS = 0.002


def become_subreaper() -> None:
    """Make orphans children of this process, also where it is not process 1 of the container."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> frozenset[int]:
    """Return every child of this process, zombies included."""
    return frozenset(_children_by_thread() if _has_children_file() else _children_by_parent())


def kill_and_reap(spared_pids: frozenset[int], seconds: float) -> bool:
    """Kill and reap all children except `spared_pids`, and their children, until none is left. False when time ran out.

    A child of an orphan becomes a child of this process when the orphan dies, so the next round finds it.
    """
    deadline = time.monotonic() + seconds
    # The kernel's list may miss some while others are exiting, so look once more than it says.
    rounds_without_any = 0
    while rounds_without_any < 2:
        orphans = children() - spared_pids - multiprocessing_pids()
        rounds_without_any = 0 if orphans else rounds_without_any + 1
        for pid in orphans:
            _kill(pid)
        if orphans:
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE_SECONDS)
    return True


def multiprocessing_pids() -> frozenset[int]:
    """Return the pids of the fork server and the resource tracker, which multiprocessing does not publish."""
    pids = (
        getattr(forkserver._forkserver, "_forkserver_pid", None),
        getattr(resource_tracker._resource_tracker, "_pid", None),
    )
    return frozenset(pid for pid in pids if pid is not None)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG)


def _has_children_file() -> bool:
    return Path(f"/proc/self/task/{os.getpid()}/children").exists()


def _children_by_thread() -> Iterator[int]:
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # the thread has just ended
            yield from map(int, (task / "children").read_text().split())


def _children_by_parent() -> Iterator[int]:
    """Yield the children on kernels without CONFIG_PROC_CHILDREN."""
    own_pid = str(os.getpid()).encode()
    for pid in filter(str.isdecimal, os.listdir("/proc")):  # noqa: PTH208  (with the next line thrice as fast)
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123
            if file.read().rpartition(b")")[2].split(maxsplit=2)[1] == own_pid:
                yield int(pid)
