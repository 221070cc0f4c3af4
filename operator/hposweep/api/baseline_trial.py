"""`spec.baselineTrial`: the trial that runs alone before the search. Read by `judge` and `plan`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class BaselineTrialSpec:
    """The parameters of the trial by name; the sampler chooses those that are left out.

    `corners`: the extremes of the search space are tried as well (`api.corners`). `count`: each attempt counts against
    `trials.max`. `max_memory_share`: of the limits of the container and of its GPUs, above which the trial gets a
    warning.
    """

    params: Mapping[str, Any] = field(default_factory=dict)
    corners: bool = False
    count: bool = True
    max_memory_share: float = 0.9
