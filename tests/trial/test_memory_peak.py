"""The most memory that a trial held, read from whatever the kernel and NVML offer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hpotrial.process.gpu import Gpus
from hpotrial.process.memory_peak import MemoryPeak, find_cgroup


class Nvml:
    def __init__(self, used: int) -> None:
        self.used = used

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:  # noqa: N802
        if self.used < 0:
            raise RuntimeError("GPU is lost")
        return SimpleNamespace(used=self.used, total=80)


@pytest.fixture
def cgroup(tmp_path: Path) -> Path:
    """A machine whose process is in a group of cgroup v2."""
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/job\n")
    (tmp_path / "cgroup/job").mkdir(parents=True)
    return tmp_path / "cgroup/job"


def found(cgroup: Path) -> Path | None:
    return find_cgroup(cgroup.parent, cgroup.parent.parent / "proc")


def test_the_peak_stays_when_memory_is_freed(cgroup: Path) -> None:
    (cgroup / "memory.max").write_text("4096\n")
    (cgroup / "memory.stat").write_text("anon 1000\nfile 9000\nshmem 200\n")
    nvml = Nvml(30)
    peak = MemoryPeak(found(cgroup), Gpus(nvml, [0, 1]))
    peak.measure()
    (cgroup / "memory.stat").write_text("anon 100\nfile 0\nshmem 0\n")
    nvml.used = -1
    peak.measure()
    assert peak.end() == {"host": 1200, "hostLimit": 4096, "gpu": 60, "gpuLimit": 160}, "page cache is left out"


def test_cgroup_v1_counts_its_groups(cgroup: Path) -> None:
    (cgroup / "memory.limit_in_bytes").write_text("4096\n")
    (cgroup / "memory.stat").write_text("rss 5\nshmem 0\ntotal_rss 700\ntotal_shmem 30\n")
    peak = MemoryPeak(found(cgroup), None)
    peak.measure()
    assert peak.end() == {"host": 730, "hostLimit": 4096}


@pytest.mark.parametrize(("name", "limit"), [("memory.max", "max"), ("memory.limit_in_bytes", "9223372036854771712")])
def test_without_a_limit_there_is_only_the_peak(cgroup: Path, name: str, limit: str) -> None:
    (cgroup / name).write_text(f"{limit}\n")
    (cgroup / "memory.stat").write_text("anon 1000\nshmem 0\n")
    peak = MemoryPeak(found(cgroup), None)
    peak.measure()
    assert peak.end() == {"host": 1000}


def test_the_root_of_the_machine_is_no_container(cgroup: Path) -> None:
    (cgroup / "memory.stat").write_text("anon 1000\n")
    (cgroup.parent / "memory.stat").write_text("anon 5000\n")
    assert found(cgroup) is None
    peak = MemoryPeak(None, None)
    peak.start()
    assert peak.end() == {}
