"""A copy of the checkout with a cluster of its own, and the search for what such a cluster leaves on the machine."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import binaries, layout
from tests.cluster.cgroup import Group
from tests.cluster.layout import NODES, Layout
from tests.cluster.machine import Machine

UP_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout and its cluster, used as a person would: by the command line and kubectl."""

    path: Path

    @property
    def layout(self) -> Layout:
        return layout.of(self.path)

    def cluster(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "tests.cluster", *arguments]
        return subprocess.run(argv, cwd=self.path, capture_output=True, text=True, timeout=UP_SECONDS, check=False)

    def kubectl(self, *arguments: str, text: str | None = None) -> str:
        kubectl = binaries.locate(self.layout.cache)["kubectl"]
        argv = [str(kubectl), "--kubeconfig", str(self.layout.kubeconfig), *arguments]
        done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=UP_SECONDS, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout


def members(cluster: Layout) -> set[int]:
    return set(Group(cluster.cgroup()).pids())


def daemons(cluster: Layout) -> set[int]:
    """The processes that must not change while a neighbour comes and goes; pods may."""
    return {pid for name in ("control-plane", *NODES) for pid in [Machine(cluster, name).init()] if pid}


def remains(cluster: Layout) -> list[str]:
    """Everything on this machine that still bears the cluster's name, directory or address."""
    marks = (cluster.identity, str(cluster.work), str(cluster.checkout))
    found: list[str] = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_text(errors="replace").split("\0")
            if any(mark in word for word in words for mark in marks):
                found.append(f"process {folder.name}: {' '.join(words)}")
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        if any(mark in line for mark in marks):
            found.append(f"mount {line}")
    found += [f"link {path.name}" for path in Path("/sys/class/net").iterdir() if cluster.identity in path.name]
    found += [f"namespace {path}" for path in Path("/run").glob(f"netns/*{cluster.identity}*")]
    found += [f"cgroup {path}" for path in Path("/sys/fs/cgroup").rglob(f"*{cluster.identity}*")]
    prefix = f"10.{cluster.octet}."
    for argv in (["ip", "route", "show", "table", "all"], ["ip", "rule"], ["ip", "neigh"], ["nft", "list", "ruleset"]):
        said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        found += [f"{' '.join(argv)}: {line}" for line in said.splitlines() if prefix in line]
    return found
