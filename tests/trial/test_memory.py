"""Who was taken for lack of memory: read from whatever the kernel offers."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from hpotrial import protocol
from hpotrial.process import memory


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A /proc and a cgroup root, empty."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def kills(machine: Path) -> int:
    return memory.oom_kills(machine / "cgroup", machine / "proc")


V2 = "low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n"
V1 = "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n"


def test_cgroup_v2(machine: Path) -> None:
    write(machine / "proc/self/cgroup", "0::/user.slice/run\n")
    write(machine / "cgroup/user.slice/run/memory.events", V2)
    assert kills(machine) == 2


def test_cgroup_v2_within_a_container(machine: Path) -> None:
    write(machine / "proc/self/cgroup", "0::/kubepods/pod1/c1\n")
    write(machine / "cgroup/memory.events", V2)
    assert kills(machine) == 2


def test_cgroup_v1(machine: Path) -> None:
    write(machine / "proc/self/cgroup", "8:pids:/\n4:memory:/job\n0::/\n")
    write(machine / "cgroup/memory/job/memory.oom_control", V1)
    write(machine / "proc/vmstat", "oom_kill 9\n")
    assert kills(machine) == 5


def test_cgroup_v1_within_a_container(machine: Path) -> None:
    write(machine / "proc/self/cgroup", "4:cpu,memory:/kubepods/pod1/c1\n")
    write(machine / "cgroup/memory/memory.oom_control", V1)
    assert kills(machine) == 5


def test_without_a_cgroup_the_machine_counts(machine: Path) -> None:
    write(machine / "proc/self/cgroup", "0::/\n")
    write(machine / "proc/vmstat", "pgfault 3\noom_kill 9\n")
    assert kills(machine) == 9


def test_without_anything_nobody_was_taken(machine: Path) -> None:
    assert kills(machine) == 0
    write(machine / "proc/self/cgroup", "0::/\n")
    assert kills(machine) == 0


@pytest.mark.parametrize(("given", "raised"), [("0", "300"), ("-997", "-697"), ("900", "1000"), ("junk", "junk")])
def test_a_trial_goes_before_its_supervisor(tmp_path: Path, given: str, raised: str) -> None:
    (tmp_path / "score").write_text(given)
    memory.raise_oom_score(tmp_path / "score")
    assert (tmp_path / "score").read_text() == raised
    memory.raise_oom_score(tmp_path / "absent" / "score")


@pytest.mark.parametrize(("given", "is_limited"), [("268435456", True), ("", False), ("0", False), ("-1", False)])
def test_a_limit_holds_where_one_is_given(given: str, is_limited: bool) -> None:
    script = f"""
from hpotrial.process import memory
memory.limit({{{protocol.MEMORY_BYTES_ENV!r}: {given!r}}})
try:
    block = bytearray(512 * 2**20)
except MemoryError:
    print("no")
"""
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert (shown == "no\n") is is_limited


def test_a_limit_never_raises_one_that_is_there() -> None:
    script = f"""
import resource
from hpotrial.process import memory
resource.setrlimit(resource.RLIMIT_DATA, (2**28, 2**28))
memory.limit({{{protocol.MEMORY_BYTES_ENV!r}: str(2**40)}})
print(resource.getrlimit(resource.RLIMIT_DATA)[0])
"""
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown == f"{2**28}\n"
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY  # not in this process
