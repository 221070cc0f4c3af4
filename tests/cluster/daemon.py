"""One daemon of a machine, killed without warning and started again by its own command line.

The machine itself, its other daemons and its containers go on meanwhile. The chaos tests and the verb `restart` use it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.cluster import process, wait
from tests.cluster.error import ClusterError
from tests.cluster.machine import Machine

START_SECONDS = 15


@contextmanager
def away(machine: Machine, name: str) -> Iterator[None]:
    """SIGKILL it now; what is within happens without it; afterwards it runs again."""
    pid = _find(machine, name)
    argv = [word.decode() for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") if word]
    keeper = _keeper(machine, pid)
    if keeper is not None:
        os.kill(keeper, signal.SIGSTOP)
    try:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        wait.until(f"{name} on {machine.name} has ended", lambda: not process.program(pid), START_SECONDS)
        yield
    finally:
        if keeper is not None:
            os.kill(keeper, signal.SIGCONT)
        else:
            entered = ["nsenter", "-t", str(machine.init()), "-m", "-p", "-n", "-u", "-i"]
            process.launch([*entered, *argv], machine.daemons, machine.layout.logs(machine.name) / f"{name}.log")
        wait.until(f"{name} on {machine.name} runs again", lambda: name in machine.programs(), START_SECONDS)


def _find(machine: Machine, name: str) -> int:
    found = [pid for pid in machine.daemons.pids() if process.program(pid) == name]
    if not found:
        raise ClusterError(f"no daemon {name!r} runs on {machine.name}: {', '.join(sorted(machine.programs()))} do")
    return found[0]


def _keeper(machine: Machine, pid: int) -> int | None:
    """The shell loop that starts it again when it ends; None when its parent is the machine's own pid 1."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    parent = next(int(line.split()[1]) for line in lines if line.startswith("PPid:"))
    is_loop = parent != machine.init() and process.program(parent) == "bash"
    return parent if is_loop else None
