"""Share out the GPUs of this machine among the workers, as the device plugin of a cluster does. Used by `cluster`."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from hposweep.text import count

VISIBLE_ENV = "CUDA_VISIBLE_DEVICES"
RESOURCE = "nvidia.com/gpu"
SMI_SECONDS = 20.0  # it initializes the driver
_SMI = ("nvidia-smi", "--query-gpu=uuid", "--format=csv,noheader")
_UUID = re.compile(r"GPU-[0-9a-fA-F-]+")
_DRIVER = Path("/proc/driver/nvidia/gpus")


def devices(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the GPUs that the command may use: those of `CUDA_VISIBLE_DEVICES`, else all of this machine.

    They are named by UUID, because numbers depend on the order that CUDA chooses.
    """
    visible = environment.get(VISIBLE_ENV)
    if visible is not None:
        names = (name.strip() for name in visible.split(","))
        return tuple(name for name in names if name and name != "-1")
    try:
        done = subprocess.run(_SMI, capture_output=True, text=True, check=True, timeout=SMI_SECONDS)
        return tuple(_UUID.findall(done.stdout))
    except (OSError, subprocess.SubprocessError):
        texts = (path.read_text(errors="replace") for path in sorted(_DRIVER.glob("*/information")))
        return tuple(uuid for text in texts for uuid in _UUID.findall(text))


def per_worker(container: Mapping[str, object]) -> int | None:
    """Return the GPUs that the container's limits ask for, or None when they name none."""
    resources = container.get("resources")
    limits = resources.get("limits") if isinstance(resources, Mapping) else None
    limit = limits.get(RESOURCE) if isinstance(limits, Mapping) else None
    return int(str(limit)) if limit is not None and str(limit).isdigit() else None


def share(all_devices: tuple[str, ...], worker: int, workers: int, limit: int | None) -> tuple[str, ...]:
    """Return the GPUs of one worker: as many as its limit, or an equal share without a limit.

    Where there are too few, workers share them in turn. A limit of 0 gets none.
    """
    size = max(len(all_devices) // max(workers, 1), 1) if limit is None else limit
    groups = max(len(all_devices) // size, 1) if size else 1
    start = (worker % groups) * size
    return all_devices[start : start + size]


def held_by_each(all_devices: tuple[str, ...], workers: int, limit: int | None) -> float:
    """Return the GPUs that one worker holds, a fraction where workers share them."""
    size = len(share(all_devices, 0, workers, limit))
    return size if workers * size <= len(all_devices) else len(all_devices) / max(workers, 1)


def shortage(all_devices: tuple[str, ...], workers: int, limit: int | None) -> str:
    """Return a sentence when workers must share GPUs or get none that they ask for, else an empty string."""
    size = 1 if limit is None else limit
    if not all_devices and limit:
        return f"no GPU found on this machine: workers run without one (`{RESOURCE}` asks for {limit} each)"
    if not all_devices or workers * size <= len(all_devices):
        return ""
    fitting = len(all_devices) // size
    advice = f"--workers {fitting} gives each its own" if fitting else f"`{RESOURCE}` asks for more than there are"
    total, requests = count(len(all_devices), "GPU"), f"{count(workers, 'worker')} with {size} each"
    return f"{total} for {requests}: workers share them; {advice}"
