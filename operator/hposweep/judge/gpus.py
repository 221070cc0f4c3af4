"""Count the GPUs that one worker requests. Called by `decisions`, `next_check` and the linter for `at.gpuSeconds`."""

from __future__ import annotations

from collections.abc import Mapping

from hposweep.api.names import TRIAL_CONTAINER
from hposweep.api.spec import WorkersSpec

_GPU_SUFFIX = "/gpu"  # nvidia.com/gpu, amd.com/gpu and the like: device plugins name them so


def gpus_of(workers: WorkersSpec) -> int:
    """The limits of the container that runs trials; Kubernetes takes whole numbers of them only."""
    containers = workers.template.get("spec", {}).get("containers", [])
    trials = [entry for entry in containers if entry.get("name") == TRIAL_CONTAINER]
    resources = trials[0].get("resources") if trials else None
    limits = resources.get("limits") if isinstance(resources, Mapping) else None
    if not isinstance(limits, Mapping):
        return 0  # nothing but a dry run of the Job looks so deep into a template
    return sum(int(str(amount)) for name, amount in limits.items() if _is_count_of_gpus(name, str(amount)))


def _is_count_of_gpus(name: str, amount: str) -> bool:
    return name.endswith(_GPU_SUFFIX) and amount.isdecimal()
