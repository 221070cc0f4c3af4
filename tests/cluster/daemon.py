"""One daemon of a machine, killed without warning and started again by its own command line.

The machine itself, its other daemons and its containers go on meanwhile. The chaos tests and the verb `restart` use it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.cluster import process, wait
from tests.cluster.error import ClusterError
from tests.cluster.machine import Machine

END_SECONDS = 60
START_SECONDS = 30
STARTS = 3  # a start that the machine loses, for want of a cgroup or a port, is made again


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
        # A process without a command line may still hold its port, and the next one could not listen.
        wait.until(f"{name} on {machine.name} has ended", lambda: process.has_ended(pid), END_SECONDS)
        yield
    finally:
        if keeper is not None:
            os.kill(keeper, signal.SIGCONT)
            wait.until(f"{name} on {machine.name} runs again", lambda: name in machine.programs(), START_SECONDS)
        else:
            _start(machine, name, argv)


def _start(machine: Machine, name: str, argv: Sequence[str]) -> None:
    log = machine.layout.logs(machine.name) / f"{name}.log"
    for start in range(1, STARTS + 1):
        process.launch(
            ["nsenter", "-t", str(machine.init()), "-m", "-p", "-n", "-u", "-i", *argv], machine.daemons, log
        )
        try:
            wait.until(
                f"{name} on {machine.name} runs again (log: {log})", lambda: name in machine.programs(), START_SECONDS
            )
            return
        except ClusterError:
            if start == STARTS:
                raise


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
