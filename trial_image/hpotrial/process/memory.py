"""Memory of a trial: let the kernel take the trial before its supervisor, limit it, and know when it was taken.

`child` calls `raise_oom_score` and `limit`; `supervisor` compares `oom_kills` of before and after.
"""

from __future__ import annotations

import contextlib
import re
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path

from hpotrial import protocol

# Enough to decide between trial and supervisor within a container's limit, whatever their sizes; and not so much that
# the trials of a guaranteed pod are the first to go when a whole node runs out of memory.
SCORE_ABOVE_SUPERVISOR = 300
MAX_SCORE = 1000
CGROUP_ROOT = Path("/sys/fs/cgroup")
OOM_KILLS = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)


def raise_oom_score(score: Path = Path("/proc/self/oom_score_adj")) -> None:
    """Anybody may raise it for himself; children inherit it."""
    with contextlib.suppress(OSError, ValueError):  # a sandbox without it
        score.write_text(str(min(int(score.read_text()) + SCORE_ABOVE_SUPERVISOR, MAX_SCORE)))


def limit(environ: Mapping[str, str]) -> None:
    """Where no kernel enforces a container's limit (`hposweep run`), the trial's process gets one of its own.

    RLIMIT_DATA counts private writable memory, which is what a model and its data are. RLIMIT_AS would also count the
    address space that CUDA, Go or a JVM reserve and never use, and RLIMIT_RSS is not enforced by Linux. It holds for
    each process of the trial by itself.
    """
    value = environ.get(protocol.MEMORY_BYTES_ENV, "")
    if not value.isdecimal() or int(value) == 0:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def oom_kills(root: Path = CGROUP_ROOT, proc: Path = Path("/proc")) -> int:
    """How many processes the kernel has taken so far for lack of memory: of our cgroup, else of the machine."""
    for counter in (*_counters(root, proc), proc / "vmstat"):
        with contextlib.suppress(OSError):
            match = OOM_KILLS.search(counter.read_text())
            if match:
                return int(match[1])
    return 0


def _counters(root: Path, proc: Path) -> Iterator[Path]:
    """Cgroup v2, then v1. In a container the path that /proc shows may be the host's; ours is then the mount itself."""
    try:
        lines = (proc / "self/cgroup").read_text().splitlines()
    except OSError:
        return
    paths = {controllers: path.lstrip("/") for _, controllers, path in (line.split(":", 2) for line in lines)}
    if "" in paths:
        yield root / paths[""] / "memory.events"
        yield root / "memory.events"
    memory = next((path for names, path in paths.items() if "memory" in names.split(",")), None)
    if memory is not None:
        yield root / "memory" / memory / "memory.oom_control"
        yield root / "memory" / "memory.oom_control"
