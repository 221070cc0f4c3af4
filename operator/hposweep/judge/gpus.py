"""Count the GPUs that one worker holds, for `at.gpuSeconds`. Called by `decisions`, `next_check` and the linter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.api.names import TRIAL_CONTAINER
from hposweep.api.spec import WorkersSpec
from hposweep.gpu_weights import CLAIM, GpuWeights

# Resources that every node has are no devices; all others are named by their vendor's domain.
_STANDARD_PREFIXES = ("kubernetes.io/", "hugepages-", "attachable-volumes-", "requests.", "limits.")


@dataclass(frozen=True, slots=True)
class GpuCount:
    """The GPUs of the container that runs trials, by weight. `unknown`: devices of it that have no weight."""

    gpus: float
    claims: tuple[str, ...] = ()  # claims of Dynamic Resource Allocation that are counted, by name
    unknown: tuple[str, ...] = ()
    unused_claims: tuple[str, ...] = ()  # claims of the pod, when the container uses none


def gpus_of(workers: WorkersSpec, weights: GpuWeights) -> float:
    """Return the number of GPUs, a fraction for slices."""
    return gpu_count(workers, weights).gpus


def gpu_count(workers: WorkersSpec, weights: GpuWeights) -> GpuCount:
    """Count limits and claims of the container that runs trials; limits of devices are whole numbers."""
    resources = _resources(workers)
    limits = dict(_device_limits(resources))
    known = {name: weight for name in limits if (weight := weights.of(name)) is not None}
    claims = tuple(_claims(resources)) if weights.of(CLAIM) else ()
    return GpuCount(
        gpus=sum(limits[name] * weight for name, weight in known.items()) + len(claims) * (weights.of(CLAIM) or 0.0),
        claims=claims,
        unknown=tuple(name for name in limits if name not in known),
        unused_claims=()
        if tuple(_claims(resources))
        else tuple(_names(workers.template.get("spec", {}).get("resourceClaims"))),
    )


def _resources(workers: WorkersSpec) -> Mapping[str, Any]:
    """Return the container's resources; only a dry run of the Job checks that a template has the right shape."""
    containers = workers.template.get("spec", {}).get("containers", [])
    trials = [entry for entry in containers if entry.get("name") == TRIAL_CONTAINER]
    resources = trials[0].get("resources") if trials else None
    return resources if isinstance(resources, Mapping) else {}


def _device_limits(resources: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    limits = resources.get("limits")
    for name, amount in limits.items() if isinstance(limits, Mapping) else ():
        is_device = "/" in str(name) and not str(name).startswith(_STANDARD_PREFIXES)
        if is_device and str(amount).isdecimal():
            yield str(name), int(str(amount))


def _claims(resources: Mapping[str, Any]) -> Iterator[str]:
    """Yield the name of each claim once for each of its requests that the container uses."""
    yield from _names(resources.get("claims"))


def _names(entries: Any) -> Iterator[str]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and entry.get("name"):
            yield str(entry["name"])
