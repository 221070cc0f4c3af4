"""A machine made of Linux namespaces: it starts, dies at once with all its processes, is cut off, and comes back.

The killing of one process, the `unshare` outside, ends the machine's pid 1 and with it every process and mount inside.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import network, process, wait
from tests.cluster.cgroup import Group
from tests.cluster.command import run
from tests.cluster.error import ClusterError
from tests.cluster.layout import HOST_NUMBERS, NODES, Layout

PODS = "pods"  # the node's kubelet keeps its pods below this group
DAEMONS = "daemons"


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine of a cluster, by its name."""

    layout: Layout
    name: str

    def __post_init__(self) -> None:
        if self.name not in HOST_NUMBERS:
            raise ClusterError(f"no machine {self.name!r}: this cluster has {', '.join(HOST_NUMBERS)}")

    @property
    def group(self) -> Group:
        return Group(self.layout.cgroup(self.name))

    @property
    def daemons(self) -> Group:
        return Group(f"{self.group.path}/{DAEMONS}")

    @property
    def script(self) -> Path:
        return self.layout.directory(self.name) / "run.sh"

    @property
    def log(self) -> Path:
        return self.layout.logs(self.name) / "machine.log"

    def start(self) -> None:
        """Run the machine's script as pid 1 of its namespaces, on whatever its directories hold."""
        if self.running():
            raise ClusterError(f"{self.name} is running already")
        # The kubelet spends three seconds on every container cgroup of a previous life before it reports Ready.
        self.group.kill()
        self.group.remove()
        self.daemons.create()
        Group(f"{self.group.path}/{PODS}").create()
        if not Path("/run/netns", self.layout.namespace(self.name)).exists():
            raise ClusterError(f"the network of {self.name} is gone: start the cluster anew with `make cluster`")
        namespaces = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--uts", "--ipc", "--mount-proc"]
        # Not `ip netns exec`: it mounts a fresh /sys, which hides /sys/fs/cgroup.
        entered = ["nsenter", f"--net=/run/netns/{self.layout.namespace(self.name)}"]
        self.heal()
        process.launch([*entered, *namespaces, "bash", str(self.script)], self.daemons, self.log)
        wait.until(f"{self.name} runs (log: {self.log})", lambda: self.init() is not None, timeout_seconds=60)

    def kill(self) -> None:
        """The power cord: every process of the machine, containers included, ends at once.

        A node falls silent first, so that no dying socket says goodbye to its peer. The control plane's link stays: it
        is the host's way to Services, whose rules live on in the kernel.
        """
        if self.name in NODES:
            self.cut()
        for pid in self.daemons.pids():
            if process.program(pid) == "unshare":
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.group.kill()

    def cut(self) -> None:
        """Pull the network cable: pods keep running, nobody hears of them."""
        network.set_link(self.layout, self.name, "down")

    def heal(self) -> None:
        network.set_link(self.layout, self.name, "up")

    def init(self) -> int | None:
        """The pid, as the host sees it, of the machine's own pid 1."""
        return next((pid for pid in self.daemons.pids() if process.inner_pid(pid) == 1), None)

    def running(self) -> bool:
        return self.init() is not None

    def programs(self) -> set[str]:
        """The names of the programs that run inside, containers apart."""
        return {process.program(pid) for pid in self.daemons.pids()}

    def execute(self, argv: Sequence[str]) -> str:
        """Run a program inside, as a shell on that machine would."""
        pid = self.init()
        if pid is None:
            raise ClusterError(f"{self.name} does not run")
        return run(["nsenter", "-t", str(pid), "-m", "-p", "-n", "-u", "-i", *argv])
