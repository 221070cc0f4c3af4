"""Run a function in a process of its own that has the operator's memory, and return what it returns and what it took.

The function takes and returns JSON. The limits are the kernel's: memory beyond `MEMORY_BYTES` raises MemoryError, CPU
time beyond the given seconds ends the process. Figures are printed, because machines differ; only limits fail a test.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024  # of the operator's container in the chart
ROOT = Path(__file__).resolve().parents[2]
_MIB = 1024 * 1024


def run_limited(function: Callable[[Any], Any], argument: Any, cpu_seconds: int) -> Any:
    """Call a function of a module of these tests in a child. Fails with its last words when it exceeds a limit."""
    command = [sys.executable, "-m", "tests.hostile.child", function.__module__, function.__name__, str(cpu_seconds)]
    done = subprocess.run(command, input=json.dumps(argument), capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, f"exit status {done.returncode}: {done.stderr[-2000:]}"
    return json.loads(done.stdout.splitlines()[-1])


def resident_mib() -> int:
    """Return the memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // _MIB


def peak_mib() -> int:
    """Return the most memory that this process has held; `ru_maxrss` would count the program that has started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(peak) // 1024


def main(module: str, function: str, cpu_seconds: str) -> None:
    target = getattr(import_module(module), function)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds)))
    print(json.dumps(target(json.load(sys.stdin))))


if __name__ == "__main__":
    main(*sys.argv[1:])
