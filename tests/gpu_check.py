"""`make gpu-check`: trials with torch on a real GPU, and what became of its memory.

Exit code 0: all as it should be. 1: something was not. 3: no GPU here, so nothing was checked; that is no success.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hpotrial import protocol
from hpotrial.process import gpu
from tests.trial.builders import work
from tests.trial.supervised import Found, supervise

NOTHING_CHECKED = 3
EXPECTED = {
    "holds": ("COMPLETE", ""),
    "dies": ("FAIL", protocol.CRASHED),
    "asks-for-too-much": ("FAIL", protocol.OUT_OF_MEMORY),
    "holds-again": ("COMPLETE", ""),
}


def main() -> int:
    missing = [name for name in ("torch", "pynvml") if importlib.util.find_spec(name) is None]
    if missing or (gpus := gpu.find_gpus(os.environ)) is None:
        reason = f" (not installed: {', '.join(missing)}; pip install torch nvidia-ml-py)" if missing else ""
        print(f"no GPU here: nothing was checked{reason}")
        return NOTHING_CHECKED
    before = gpus.used_bytes()
    with tempfile.TemporaryDirectory() as folder:
        orders = [{"reference": "on_gpu:objective", "how": how, "timeout_seconds": 120} for how in EXPECTED]
        visible = {name: os.environ[name] for name in (gpu.VISIBLE_ENV, "LD_LIBRARY_PATH") if name in os.environ}
        found = supervise(Path(folder), orders, work("on_gpu:objective"), **visible)
    print(f"GPU memory before: {mib(before)}, after: {mib(gpus.used_bytes())}")
    faults = list(look(found))
    print("\n".join(f"NOT SO: {fault}" for fault in faults) or "all as it should be")
    return 1 if faults else 0


def look(found: Found) -> Iterator[str]:
    print(f"{'trial':<20} {'state':<10} {'class':<12} {'held':>10} {'not back':>10}  sentence")
    for (how, expected), trial in zip(EXPECTED.items(), found.trials, strict=True):
        attributes: dict[str, Any] = trial["attributes"]
        failure_class, held = attributes.get(protocol.CLASS, ""), trial["user_attributes"].get("held_bytes", 0)
        sentence = attributes.get(protocol.ERROR, "").partition("\n")[0][:80]
        columns = f"{how:<20} {trial['state']:<10} {failure_class:<12}"
        print(f"{columns} {mib(held):>10} {mib(trial['missing_gpu_bytes']):>10}  {sentence}")
        if (trial["state"], failure_class) != expected:
            yield f"{how} ended as {trial['state']} {failure_class}, not as {' '.join(expected)}"
        if not held:
            yield f"{how} never held memory of a GPU"
        if trial["missing_gpu_bytes"]:
            yield f"{mib(trial['missing_gpu_bytes'])} did not come back after {how}"
        if trial["devices_of_the_fork_server"]:
            yield f"the fork server holds {', '.join(trial['devices_of_the_fork_server'])}: CUDA was started in it"


def mib(size: int) -> str:
    return f"{size / 2**20:.0f} MiB"


if __name__ == "__main__":
    sys.exit(main())
