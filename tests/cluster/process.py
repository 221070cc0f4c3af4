"""Starting a daemon that outlives us inside a cgroup, and reading what /proc says about it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.cluster.cgroup import Group


def launch(argv: Sequence[str], group: Group, log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Start a program in its own session, in the group from its first instant, writing to the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    enter = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(group.membership_file)]
    with log.open("a") as stream:
        # setsid forks: the daemon is nobody's child that would stay a zombie until we end.
        subprocess.run(
            ["setsid", "--fork", *enter, *argv],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env={**clean_environment(), **(environment or {})},
            check=True,
        )


def clean_environment() -> dict[str, str]:
    """No variable of the caller's shell, a proxy's address above all, may change what the cluster does."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": f"{path}:/usr/sbin:/sbin", "HOME": str(Path.home()), "LANG": "C.UTF-8"}


def program(pid: int) -> str:
    """The base name of what a process runs; empty when it has ended."""
    try:
        argv = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return Path(argv[0].decode(errors="replace")).name


def has_ended(pid: int) -> bool:
    """True once its last thread has closed its files and ports, whether or not its parent has reaped it."""
    try:
        states = [path.read_text().rpartition(")")[2].split()[0] for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:  # a thread that ended while it was read
        return not Path(f"/proc/{pid}").exists()
    return states in ([], ["Z"], ["X"])


def inner_pid(pid: int) -> int | None:
    """The pid that a process has in its innermost pid namespace; None when it lives in ours or has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    words = next((line.split() for line in lines if line.startswith("NSpid:")), [])
    return int(words[-1]) if len(words) > 2 else None
