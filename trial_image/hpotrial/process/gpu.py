"""Check that a trial's GPU memory is freed after its end, through NVML, which needs no CUDA context.

The worker measures before and after each trial. Memory that a dead process still holds is a fault of the driver, or
belongs to a process that was not killed, and the next trial would run out of memory. Without the package `nvidia-ml-
py`, or without a GPU, no leak is reported.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

VISIBLE_ENV = "CUDA_VISIBLE_DEVICES"
TOLERANCE_BYTES = 64 * 2**20  # because the memory that drivers keep varies
RETURN_SECONDS = 5.0  # the driver frees memory after the process has exited
POLL_SECONDS = 0.1
# An idle GPU holds some hundred MB for its driver. A GPU that holds more before the first trial has other users.
IDLE_BYTES = 2 * 2**30


class Gpus:
    """The GPUs that this worker's trials can see."""

    def __init__(self, nvml: Any, handles: Sequence[Any]) -> None:
        self._nvml = nvml
        self._handles = handles

    def used_bytes(self) -> int:
        """Return the memory in use on all of them, whichever process holds it."""
        return sum(int(self._nvml.nvmlDeviceGetMemoryInfo(handle).used) for handle in self._handles)

    def total_bytes(self) -> int:
        """Return the memory of all of them."""
        return sum(int(self._nvml.nvmlDeviceGetMemoryInfo(handle).total) for handle in self._handles)

    def states(self) -> list[tuple[int, int]]:
        """Return for each its free memory in bytes, and how many processes compute on it."""
        return [
            (
                int(self._nvml.nvmlDeviceGetMemoryInfo(handle).free),
                len(self._nvml.nvmlDeviceGetComputeRunningProcesses(handle)),
            )
            for handle in self._handles
        ]

    def held_bytes(self, pids: Collection[int]) -> int:
        """Return the memory that these processes hold. In a container NVML may report other pids."""
        running = [
            entry for handle in self._handles for entry in self._nvml.nvmlDeviceGetComputeRunningProcesses(handle)
        ]
        return sum(int(entry.usedGpuMemory or 0) for entry in running if entry.pid in pids)

    def has_process(self, pid: int) -> bool:
        """Return whether the process holds a CUDA context."""
        return any(
            entry.pid == pid
            for handle in self._handles
            for entry in self._nvml.nvmlDeviceGetComputeRunningProcesses(handle)
        )


def find_gpus(environ: Mapping[str, str], nvml: Any = None) -> Gpus | None:
    """Return the visible GPUs; None when there is none, or NVML cannot be used."""
    try:
        nvml = nvml or importlib.import_module("pynvml")
        nvml.nvmlInit()
        handles = [_handle(nvml, name) for name in _visible_gpus(environ, nvml.nvmlDeviceGetCount())]
        for handle in handles:
            nvml.nvmlDeviceGetMemoryInfo(handle)  # a MIG slice may not report its memory
    except Exception:  # NVML's own errors are a class of a package that may be absent
        return None
    return Gpus(nvml, handles) if handles else None


class GpuMemoryBaseline:
    """GPU memory in use while no trial runs: `record` it before each trial, compare with `leaked_bytes` after it."""

    def __init__(
        self,
        gpus: Gpus | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.gpus = gpus
        self._clock = clock
        self._sleep = sleep
        self._baseline_bytes: int | None = None
        self._is_shared = False

    def record(self) -> None:
        """Measure the memory in use, before a trial starts."""
        used_bytes = self._used_bytes()
        if used_bytes is None:
            return
        # A change while no trial runs comes from other users of the GPU; no leak can be proven from then on.
        has_moved = self._baseline_bytes is not None and abs(used_bytes - self._baseline_bytes) > TOLERANCE_BYTES
        if has_moved or (self._baseline_bytes is None and used_bytes > IDLE_BYTES):
            self._is_shared = True
        self._baseline_bytes = used_bytes if self._baseline_bytes is None else min(used_bytes, self._baseline_bytes)

    def leaked_bytes(self) -> int:
        """Return how much was not freed in time; 0 when the GPU has other users, because then it cannot be told."""
        if self._baseline_bytes is None or self._is_shared:
            return 0
        deadline = self._clock() + RETURN_SECONDS
        while True:
            used_bytes = self._used_bytes()
            if used_bytes is None or used_bytes <= self._baseline_bytes + TOLERANCE_BYTES:
                return 0
            if self._clock() >= deadline:
                return used_bytes - self._baseline_bytes
            self._sleep(POLL_SECONDS)

    def _used_bytes(self) -> int | None:
        if self.gpus is None:
            return None
        try:
            return self.gpus.used_bytes()
        except Exception:  # the GPU failed; the trials will show it
            return None


def _visible_gpus(environ: Mapping[str, str], count: int) -> list[str]:
    value = environ.get(VISIBLE_ENV)
    if value is None:
        return [str(index) for index in range(count)]
    return [name.strip() for name in value.split(",") if name.strip() and name.strip() != "-1"]


def _handle(nvml: Any, name: str) -> Any:
    return nvml.nvmlDeviceGetHandleByIndex(int(name)) if name.isdecimal() else nvml.nvmlDeviceGetHandleByUUID(name)
