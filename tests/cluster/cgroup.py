"""One cgroup tree holds every process of a cluster, so that the kernel keeps the list of what is ours.

No pid file can name a stranger: a recycled pid is not in the tree. Works with cgroup v1 hierarchies and with v2.
"""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import wait

ROOT = Path("/sys/fs/cgroup")
V2_CONTROLLERS = "+cpu +memory +pids +cpuset +io"


def hierarchies() -> list[Path]:
    """Every hierarchy that a container runtime uses: all of v1 (which hides an empty v2), or v2 alone."""
    if (ROOT / "cgroup.controllers").exists():
        return [ROOT]
    return sorted({path.resolve() for path in ROOT.iterdir() if (path / "tasks").exists()})


def _everywhere() -> list[Path]:
    """Also the idle v2 hierarchy beside v1, in which runc makes directories all the same."""
    unified = ROOT / "unified"
    return [*hierarchies(), unified] if (unified / "cgroup.controllers").exists() else hierarchies()


def tracking() -> Path:
    """The hierarchy whose membership we read; `pids` has no limits unless someone sets them."""
    return ROOT if (ROOT / "cgroup.controllers").exists() else ROOT / "pids"


@dataclass(frozen=True, slots=True)
class Group:
    """A cgroup by its path below each hierarchy."""

    path: str

    @property
    def membership_file(self) -> Path:
        """Writing a pid here moves that process into the group."""
        return tracking() / self.path / "cgroup.procs"

    def create(self) -> None:
        for hierarchy in hierarchies():
            parent = hierarchy
            for part in Path(self.path).parts:
                _let_children_control(parent)
                child = parent / part
                child.mkdir(exist_ok=True)
                _inherit_cpuset(parent, child)
                parent = child

    def pids(self) -> list[int]:
        found: list[int] = []
        for folder, _, _ in os.walk(tracking() / self.path):
            with contextlib.suppress(OSError):  # a container's group may vanish while we read
                found += [int(word) for word in Path(folder, "cgroup.procs").read_text().split()]
        return found

    def exists(self) -> bool:
        return any((hierarchy / self.path).exists() for hierarchy in _everywhere())

    def kill(self, timeout_seconds: float = 60) -> None:
        """SIGKILL every member, again and again until none is left (one may have been forking)."""
        wait.until(f"the processes of cgroup {self.path} are gone", self._killed, timeout_seconds)

    def remove(self, timeout_seconds: float = 60) -> None:
        """Remove the empty tree; the kernel needs a moment after the last process has ended."""
        wait.until(f"cgroup {self.path} can be removed", self._removed, timeout_seconds)

    def _killed(self) -> bool:
        members = self.pids()
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not members

    def _removed(self) -> bool:
        for hierarchy in _everywhere():
            for folder, _, _ in os.walk(hierarchy / self.path, topdown=False):
                with contextlib.suppress(OSError):
                    Path(folder).rmdir()
        return not self.exists()


def _let_children_control(group: Path) -> None:
    """On v2 a controller works in a group only if the parent hands it down."""
    switch = group / "cgroup.subtree_control"
    if switch.exists():
        with contextlib.suppress(OSError):
            switch.write_text(V2_CONTROLLERS)


def _inherit_cpuset(parent: Path, child: Path) -> None:
    """On v1 a new cpuset is empty, and no process may enter an empty one."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        if (child / "tasks").exists() and (child / name).exists():
            (child / name).write_text((parent / name).read_text())
