"""The processes of a pod whose node is on this machine, for tests that end one of them as the kernel would."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """`pid` as this machine knows it, `inner_pid` as the pod does."""

    pid: int
    inner_pid: int
    command: bytes

    def kill(self) -> bool:
        """False when it had ended by itself."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
            return True
        return False


def processes(uid: str) -> list[Process]:
    """A cgroup's path has the pod's uid in it. Empty when the pod is elsewhere, or has ended."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if uid in (folder / "cgroup").read_text().replace("_", "-"):
                found.append(Process(int(folder.name), _inner_pid(folder), (folder / "cmdline").read_bytes()))
    return found


def _inner_pid(folder: Path) -> int:
    lines = (folder / "status").read_text().splitlines()
    return next((int(line.split()[-1]) for line in lines if line.startswith("NSpid:")), int(folder.name))
