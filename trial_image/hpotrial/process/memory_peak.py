"""Measure the most memory that a trial holds: of the host by its cgroup, of its GPUs by NVML. Called by `worker`.

A thread measures, because the trial's processes may end at any time. A peak between two measurements is missed. Page
cache is left out, because the kernel frees it before a limit kills a process.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hpotrial.process.gpu import Gpus
from hpotrial.process.memory import CGROUP_ROOT, cgroups
from hpotrial.protocol.baseline import GPU, GPU_LIMIT, HOST, HOST_LIMIT

MEASURE_SECONDS = 0.2
# A limit of this size or more is none: cgroup v1 writes a number near 2^63 where v2 writes `max`.
NO_LIMIT_BYTES = 1 << 60
# Memory that no reclaim frees: of cgroup v2, of cgroup v1 with all groups below it.
_STAT_FIELDS = (("anon", "shmem"), ("total_rss", "total_shmem"))
_LIMITS = ("memory.max", "memory.limit_in_bytes")
_NUMBER = re.compile(r"^(\w+) (\d+)$", re.MULTILINE)


@dataclass(slots=True)
class MemoryPeak:
    """Bytes at most so far, and the limits; a number that cannot be read is absent."""

    cgroup: Path | None
    gpus: Gpus | None
    _peak: dict[str, int] = field(default_factory=dict)
    _end: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Measure in the background until `end`."""
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)
        self._thread.start()

    def end(self) -> Mapping[str, int]:
        """Stop, and return the numbers by the names above."""
        self._end.set()
        if self._thread is not None:
            self._thread.join(timeout=10 * MEASURE_SECONDS)  # NVML may block on a GPU that has failed
        return dict(self._peak)

    def measure(self) -> None:
        """Measure once."""
        readers = {HOST: self._host, HOST_LIMIT: self._host_limit, GPU: self._gpu, GPU_LIMIT: self._gpu_limit}
        for name, read in readers.items():
            with suppress(Exception):  # NVML's own errors are a class of a package that may be absent
                value = read()
                if value is not None:
                    self._peak[name] = max(value, self._peak.get(name, 0))

    def _run(self) -> None:
        while True:
            self.measure()
            if self._end.wait(MEASURE_SECONDS):
                return

    def _host(self) -> int | None:
        if self.cgroup is None:
            return None
        numbers = {name: int(value) for name, value in _NUMBER.findall((self.cgroup / "memory.stat").read_text())}
        names = next((names for names in _STAT_FIELDS if names[0] in numbers), None)
        return sum(numbers.get(name, 0) for name in names) if names is not None else None

    def _host_limit(self) -> int | None:
        if self.cgroup is None:
            return None
        files = (self.cgroup / name for name in _LIMITS)
        text = next(path.read_text().strip() for path in files if path.exists())
        return int(text) if text.isdecimal() and int(text) < NO_LIMIT_BYTES else None

    def _gpu(self) -> int | None:
        return self.gpus.used_bytes() if self.gpus is not None else None

    def _gpu_limit(self) -> int | None:
        return self.gpus.total_bytes() if self.gpus is not None else None


def find_cgroup(root: Path = CGROUP_ROOT, proc: Path = Path("/proc")) -> Path | None:
    """Return the folder with the memory numbers and the limit of this container; None where there is none."""
    return next((folder for folder in cgroups(root, proc) if _is_limited(folder)), None)


def _is_limited(folder: Path) -> bool:
    """The root of cgroup v2, which is the whole machine, has numbers and no limit."""
    return (folder / "memory.stat").is_file() and any((folder / name).is_file() for name in _LIMITS)
