"""`spec.preflight.gpu`: GPUs are visible to NVML and torch, have enough free memory, and run no foreign process."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hpotrial.preflight.check import (
    FIELD,
    Check,
    CheckContext,
    CheckKind,
    CheckResult,
    Deadline,
    caution,
    failure,
    success,
)
from hpotrial.preflight.units import byte_size
from hpotrial.process.gpu import find_gpus

NO_GPU = "Request one in `spec.workers.template` (`nvidia.com/gpu`), and check the driver of the node"


@dataclass(frozen=True, slots=True)
class GpuState:
    """The memory of one GPU, and how many processes use it."""

    free_bytes: int
    processes: int


def checks(context: CheckContext) -> Iterator[Check]:
    gpu = context.block.get("gpu")
    if gpu is not None:
        yield Check(KIND.name, "visible GPUs", f"{FIELD}.gpu", partial(_check, gpu, context.environ))


def _check(gpu: Mapping[str, Any], environ: Mapping[str, str], deadline: Deadline) -> CheckResult:
    devices, torch_count = _of_nvml(environ), _of_torch()
    if not devices and torch_count is None:
        return failure(f"no GPU is visible to NVML, and torch is not installed. {NO_GPU}", "0 GPUs", "1 GPU")
    if not devices and not torch_count:
        return failure(f"no GPU is visible to NVML and torch. {NO_GPU}", "0 GPUs", "1 GPU")
    if torch_count == 0:
        sentence = f"NVML sees {len(devices)} GPUs, and torch sees none. Install a torch that is built for CUDA"
        return failure(sentence, "0 GPUs", "1 GPU")
    return _judge(devices, torch_count or 0, gpu.get("memoryFreeBytes"))


def _judge(devices: Sequence[GpuState], torch_count: int, min_free_bytes: int | None) -> CheckResult:
    """Judge GPUs that are visible; without NVML, only torch counts them."""
    value = f"{len(devices) or torch_count} GPUs"
    if not devices:
        sentence = "NVML cannot be used, so memory and processes are unknown. Install nvidia-ml-py in the image"
        return caution(sentence, value) if min_free_bytes is None else failure(sentence, value)
    free_bytes = min(device.free_bytes for device in devices)
    value = f"{value}, {byte_size(free_bytes)} free"
    threshold = f"{byte_size(min_free_bytes)} free" if min_free_bytes is not None else ""
    if min_free_bytes is not None and free_bytes < min_free_bytes:
        sentence = f"a GPU has {byte_size(free_bytes)} of free memory, and {byte_size(min_free_bytes)} are required"
        return failure(f"{sentence}. End what uses it, or lower `memoryFreeBytes`", value, threshold)
    processes = sum(device.processes for device in devices)
    if processes:
        return caution(f"{processes} other processes use the GPUs. End them, or expect slow trials", value, threshold)
    return success(value, threshold)


def _of_nvml(environ: Mapping[str, str]) -> tuple[GpuState, ...]:
    gpus = find_gpus(environ)
    return tuple(GpuState(free, processes) for free, processes in gpus.states()) if gpus is not None else ()


def _of_torch() -> int | None:
    """Return how many GPUs torch can use; None without torch."""
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        return None
    return int(torch.cuda.device_count()) if torch.cuda.is_available() else 0


KIND = CheckKind("gpu", checks)
