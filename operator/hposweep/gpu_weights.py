"""How many GPUs one unit of a resource is. Read by `settings` and the command line, used by `judge.gpus`.

A device plugin names its devices as its vendor likes, and a slice of a GPU has a name of its own. Names that are listed
neither here nor by the operator's administrator are no GPUs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

VARIABLE = "HPOSWEEP_GPU_WEIGHTS"
CLAIM = "resourceClaim"  # a claim of Dynamic Resource Allocation; a container does not say how many devices it has
DEFAULT_WEIGHTS: Mapping[str, float] = {
    CLAIM: 1,
    "nvidia.com/gpu.shared": 1,
    "gpu.intel.com/i915": 1,
    "gpu.intel.com/xe": 1,
    "habana.ai/gaudi": 1,
    "google.com/tpu": 1,
    "aws.amazon.com/neuron": 1,
    "aws.amazon.com/neurondevice": 1,
    "aws.amazon.com/neuroncore": 0.5,  # two cores on a device
    "huawei.com/Ascend910": 1,
    "cambricon.com/mlu": 1,
    "hygon.com/dcunum": 1,
    "qualcomm.com/qaic": 1,
    # Partitions of an AMD Instinct GPU: whole, halves, quarters, eighths.
    "amd.com/spx_nps1": 1,
    "amd.com/dpx_nps1": 0.5,
    "amd.com/qpx_nps1": 0.25,
    "amd.com/cpx_nps1": 0.125,
    "amd.com/cpx_nps4": 0.125,
}
_GPU_SUFFIX = "/gpu"  # nvidia.com/gpu, amd.com/gpu and many others: one whole GPU
_MIG = re.compile(r"nvidia\.com/mig-(?:\d+c\.)?(?P<slices>\d+)g\.(?P<memory>\d+gb)(?:\.me.*)?")
_MIG_SLICES = 7  # compute slices of an A100, H100, H200 or B200
_A30_SLICES, _A30_PROFILES = 4, ("1g.6gb", "2g.12gb", "4g.24gb")
_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?(/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")


@dataclass(frozen=True, slots=True)
class GpuWeights:
    """The weights of an installation. `overrides` come before the built-in ones."""

    overrides: tuple[tuple[str, float], ...] = ()

    def of(self, resource: str) -> float | None:
        """Return how many GPUs one unit of the resource is; None for a resource that is not listed."""
        overrides = dict(self.overrides)
        if resource in overrides:
            return overrides[resource]
        if resource in DEFAULT_WEIGHTS:
            return DEFAULT_WEIGHTS[resource]
        return 1.0 if resource.endswith(_GPU_SUFFIX) else _mig_weight(resource)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> GpuWeights:
        """Read `acme.com/npu=1,nvidia.com/gpu.shared=0.25`. Raises ValueError that names the variable."""
        entries = environment.get(VARIABLE, "").replace(",", " ").split()
        return cls(tuple(_entry(entry) for entry in entries))


BUILT_IN_WEIGHTS = GpuWeights()


def _entry(entry: str) -> tuple[str, float]:
    name, _, text = entry.partition("=")
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not _NAME.fullmatch(name) or not 0 <= weight < math.inf:
        raise ValueError(
            f"{VARIABLE} must be a list of RESOURCE=NUMBER with numbers of at least 0, such as `acme.com/npu=1`, "
            f"not `{entry}`"
        )
    return name, weight


def _mig_weight(resource: str) -> float | None:
    """Return the share of a GPU's compute slices that a MIG profile has."""
    match = _MIG.fullmatch(resource)
    if match is None:
        return None
    slices = int(match["slices"])
    return slices / (_A30_SLICES if f"{slices}g.{match['memory']}" in _A30_PROFILES else _MIG_SLICES)
