"""GPU memory that does not come back, with an NVML of our own. `make gpu-check` looks at a real one."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from hpotrial.process import gpu
from hpotrial.process.gpu import GpuMemoryBaseline, Gpus

MIB = 2**20


@dataclass
class Nvml:
    """As many GPUs as `used` has numbers."""

    used: list[int]
    processes: dict[int, int] = field(default_factory=dict)

    def nvmlInit(self) -> None: ...  # noqa: N802

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return len(self.used)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        return index

    def nvmlDeviceGetHandleByUUID(self, name: str) -> int:  # noqa: N802
        return int(name.removeprefix("GPU-"))

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:  # noqa: N802
        return SimpleNamespace(used=self.used[handle])

    def nvmlDeviceGetComputeRunningProcesses(self, handle: int) -> Any:  # noqa: N802
        return [SimpleNamespace(pid=pid, usedGpuMemory=used) for pid, used in self.processes.items()]


def gpus(nvml: Nvml, visible: str | None = None) -> Gpus:
    found = gpu.find_gpus({} if visible is None else {gpu.VISIBLE_ENV: visible}, nvml)
    assert found is not None
    return found


def gpu_memory(nvml: Nvml) -> GpuMemoryBaseline:
    now = [0.0]
    return GpuMemoryBaseline(
        gpus(nvml), clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds)
    )


@pytest.mark.parametrize(("visible", "used"), [(None, 60), ("", None), ("1", 20), ("0,2", 40), ("GPU-2", 30)])
def test_only_visible_gpus_count(visible: str | None, used: int | None) -> None:
    nvml = Nvml([10, 20, 30])
    found = gpu.find_gpus({} if visible is None else {gpu.VISIBLE_ENV: visible}, nvml)
    assert (found.used_bytes() if found else None) == used


def test_without_a_gpu_or_a_way_to_look_nothing_is_missing() -> None:
    assert gpu.find_gpus({}, Nvml([])) is None
    assert gpu.find_gpus({}, SimpleNamespace()) is None
    absent = GpuMemoryBaseline(None)
    absent.record()
    assert absent.leaked_bytes() == 0


def test_processes_are_known_by_their_pids() -> None:
    found = gpus(Nvml([0], {7: 100, 8: 50}))
    assert found.held_bytes([7, 9]) == 100
    assert found.has_process(8)
    assert not found.has_process(9)


def test_memory_that_is_back_is_not_missing() -> None:
    nvml = Nvml([400 * MIB])
    watched = gpu_memory(nvml)
    watched.record()
    nvml.used = [410 * MIB]
    assert watched.leaked_bytes() == 0


def test_memory_that_stays_is_missing() -> None:
    nvml = Nvml([400 * MIB])
    watched = gpu_memory(nvml)
    watched.record()
    nvml.used = [1400 * MIB]
    assert watched.leaked_bytes() == 1000 * MIB


def test_a_gpu_with_other_users_says_nothing() -> None:
    nvml = Nvml([400 * MIB])
    watched = gpu_memory(nvml)
    watched.record()
    nvml.used = [900 * MIB]  # between two trials
    watched.record()
    nvml.used = [2000 * MIB]
    assert watched.leaked_bytes() == 0

    busy = Nvml([30_000 * MIB])
    watched = gpu_memory(busy)
    watched.record()
    busy.used = [40_000 * MIB]
    assert watched.leaked_bytes() == 0
