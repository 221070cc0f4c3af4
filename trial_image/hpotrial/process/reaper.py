"""Processes that a trial left behind where its group does not reach: daemons, and whoever else called `setsid`.

The supervisor adopts orphans (a child subreaper; in a pod it is process 1 anyway). So whatever is its child, and was
not its child before the trial, and is no part of multiprocessing's own machinery, is a trial's.
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
    """What a trial leaves behind becomes a child of this process, also where it is not the container's first."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> frozenset[int]:
    """Every child of this process, also those that are dead and not buried."""
    return frozenset(_children_by_thread() if _has_children_file() else _children_by_parent())


def kill_and_reap(spared_pids: frozenset[int], seconds: float) -> bool:
    """Kill and reap all children but the known ones, and theirs, until there are none. False when time was too short.

    A child of an orphan becomes our child when the orphan dies: so the next round finds it.
    """
    deadline = time.monotonic() + seconds
    # The kernel's list may miss some while others are ending, so once more than it says.
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
    """Fork server and resource tracker: multiprocessing keeps their pids to itself."""
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
        with contextlib.suppress(OSError):  # a thread that has just ended
            yield from map(int, (task / "children").read_text().split())


def _children_by_parent() -> Iterator[int]:
    """For kernels without CONFIG_PROC_CHILDREN."""
    own_pid = str(os.getpid()).encode()
    for pid in filter(str.isdecimal, os.listdir("/proc")):  # noqa: PTH208  (with the next line thrice as fast)
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123
            if file.read().rpartition(b")")[2].split(maxsplit=2)[1] == own_pid:
                yield int(pid)
