"""Memory of a trial: make the kernel's OOM killer prefer it to its supervisor, limit it, count OOM kills.

`child` calls `raise_oom_score` and `limit`; `supervisor` compares `oom_kills` before and after a trial.
"""

from __future__ import annotations

import contextlib
import re
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path

from hpotrial import protocol

# Enough to decide between trial and supervisor within a container's limit, whatever their sizes. Small enough that the
# trials of a guaranteed pod are not the first to be killed when a whole node runs out of memory.
SCORE_ABOVE_SUPERVISOR = 300
MAX_SCORE = 1000
CGROUP_ROOT = Path("/sys/fs/cgroup")
OOM_KILLS = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)


def raise_oom_score(score: Path = Path("/proc/self/oom_score_adj")) -> None:
    """Raise this process's OOM score, which needs no permission. Children inherit it."""
    with contextlib.suppress(OSError, ValueError):  # not every sandbox has the file
        score.write_text(str(min(int(score.read_text()) + SCORE_ABOVE_SUPERVISOR, MAX_SCORE)))


def limit(environ: Mapping[str, str]) -> None:
    """Limit the trial's process where no kernel enforces a container's limit (`hposweep run`).

    RLIMIT_DATA counts private writable memory, such as a model and its data. RLIMIT_AS would also count the address
    space that CUDA, Go or a JVM reserve and never use, and Linux does not enforce RLIMIT_RSS. The limit applies to each
    process of the trial separately.
    """
    value = environ.get(protocol.MEMORY_BYTES_ENV, "")
    if not value.isdecimal() or int(value) == 0:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def oom_kills(root: Path = CGROUP_ROOT, proc: Path = Path("/proc")) -> int:
    """Return how many processes the OOM killer has killed so far: in this cgroup, otherwise on the machine."""
    for counter in (*_counters(root, proc), proc / "vmstat"):
        with contextlib.suppress(OSError):
            match = OOM_KILLS.search(counter.read_text())
            if match:
                return int(match[1])
    return 0


def _counters(root: Path, proc: Path) -> Iterator[Path]:
    """Yield the counters of cgroup v2, then v1."""
    for folder in cgroups(root, proc):
        yield folder / "memory.events"
        yield folder / "memory.oom_control"


def cgroups(root: Path = CGROUP_ROOT, proc: Path = Path("/proc")) -> Iterator[Path]:
    """Yield where this process's memory numbers may be. In a container /proc may show the host's path, so the mount is
    next.
    """
    try:
        lines = (proc / "self/cgroup").read_text().splitlines()
    except OSError:
        return
    paths = {controllers: path.lstrip("/") for _, controllers, path in (line.split(":", 2) for line in lines)}
    if "" in paths:
        yield root / paths[""]
        yield root
    memory = next((path for names, path in paths.items() if "memory" in names.split(",")), None)
    if memory is not None:
        yield root / "memory" / memory
        yield root / "memory"
