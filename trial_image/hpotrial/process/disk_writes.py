"""Count what a worker and all of its processes wrote to disk. Called by `lifecycle.measurements`.

The kernel counts a byte when it is written to the page cache of a disk or of a network file system, not to memory
(tmpfs). The count of a process passes to its parent when the parent has waited for it.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

_COUNTER = re.compile(r"^write_bytes: (\d+)$", re.MULTILINE)


def written_bytes(proc: Path = Path("/proc"), pid: int | None = None) -> int | None:
    """Return the bytes that this process and its descendants have written; None where the kernel counts none."""
    root = os.getpid() if pid is None else pid
    counts = [_count(proc / str(process)) for process in _tree(proc, root)]
    return sum(count for count in counts if count is not None) if any(counts) else None


def folder_bytes(folder: Path) -> int:
    """Return the size of all files below a folder; of one that is removed meanwhile, what is left."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(path, name)).st_size  # noqa: PTH118  (twice as fast in a large folder)
    return total


def _tree(proc: Path, root: int) -> list[int]:
    children = defaultdict(list)
    for entry in os.listdir(proc):  # noqa: PTH208  (as in `reaper`)
        if entry.isdecimal():
            with suppress(OSError, IndexError, ValueError):  # it has just ended
                stat = (proc / entry / "stat").read_bytes()
                children[int(stat.rpartition(b")")[2].split(maxsplit=2)[1])].append(int(entry))
    tree = [root]
    for process in tree:
        tree += children[process]
    return tree


def _count(process: Path) -> int | None:
    with suppress(OSError):  # it has ended, or belongs to another user
        match = _COUNTER.search((process / "io").read_text())
        return int(match[1]) if match else None
    return None
