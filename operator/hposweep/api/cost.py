"""GPU time and money: `spec.cost`, `status.gpuSeconds` and `status.cost`. Used by `judge.ledger`, `report`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CostSpec:
    """The price of one GPU for one hour."""

    price_per_gpu_hour: float
    currency: str


@dataclass(frozen=True, slots=True)
class EndedPodsStatus:
    """The pods that have ended, counted once. `seconds`: GPU seconds by use. `releasing`: uids with the finalizer."""

    pods: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)
    releasing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GpuSecondsStatus:
    """GPU seconds of all pods as of `time`. The parts add up to `allocated`, except `queue`, which holds no GPU.

    `gpus`: held at that time. `open_pods`: pods that `ended` does not have. `budget_reached`: the
    `spec.budget.gpuSeconds` that was reached.
    """

    allocated: int
    training: int
    idle: int
    pull: int
    start: int
    wasted: Mapping[str, int]
    queue: int
    gpus: float
    time: datetime
    ended: EndedPodsStatus = EndedPodsStatus()
    open_pods: int = 0
    budget_reached: int | None = None

    @property
    def is_settled(self) -> bool:
        """Return whether every pod is counted and has lost its finalizer."""
        return not self.open_pods and not self.ended.releasing


@dataclass(frozen=True, slots=True)
class CostStatus:
    """The price of the allocated GPU seconds. `forecast`: of the whole sweep, when the time left is known."""

    amount: float
    currency: str
    forecast: float | None = None
