"""The ledger of GPU time: when a pod held GPUs, and for what. Computed by `judge.ledger` for `report.ledger`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

QUEUE = "queue"
WASTED = ("failed", "pruned", "preempted", "waiting")


@dataclass(frozen=True, slots=True)
class PodTimes:
    """The moments of a pod that the ledger has still to count, as its cluster recorded them."""

    created: datetime
    scheduled: datetime | None = None  # when it was bound to a node, which gave it its GPUs
    started: datetime | None = None  # of the container that runs trials
    ended: datetime | None = None  # of the pod: no container of it runs, and its GPUs are free
    gpus: float | None = None  # where the cluster knows them; otherwise they follow from the spec


@dataclass(frozen=True, slots=True)
class GpuSeconds:
    """GPU seconds by use. `queue` is the time before a pod has a node, and holds no GPU.

    `pull`: until the container starts. `start`: until its first trial. `training`: in complete and running trials.
    `idle`: between two trials. `failed`, `pruned`, `preempted`: in trials that ended so. `waiting`: after the last
    trial of a pod, or all of its time when it had none.
    """

    queue: float = 0.0
    pull: float = 0.0
    start: float = 0.0
    training: float = 0.0
    idle: float = 0.0
    failed: float = 0.0
    pruned: float = 0.0
    preempted: float = 0.0
    waiting: float = 0.0

    @property
    def allocated(self) -> float:
        """Return the seconds in which a pod held its GPUs: all but the queue."""
        return sum(self.by_use().values()) - self.queue

    def by_use(self) -> Mapping[str, float]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __add__(self, other: GpuSeconds) -> GpuSeconds:
        return GpuSeconds(*(mine + others for mine, others in zip(self._values(), other._values(), strict=True)))

    def times(self, factor: float) -> GpuSeconds:
        """Return the seconds of that many GPUs."""
        return GpuSeconds(*(value * factor for value in self._values()))

    @classmethod
    def of(cls, by_use: Mapping[str, float]) -> Self:
        """Build it from a map, and ignore uses that are not known."""
        return cls(**{field.name: by_use[field.name] for field in fields(cls) if field.name in by_use})

    def _values(self) -> tuple[float, ...]:
        return tuple(self.by_use().values())


USES = tuple(field.name for field in fields(GpuSeconds))


@dataclass(frozen=True, slots=True)
class Ledger:
    """The GPU time of a sweep. `ended` is final and lasts in the status; `live` is that of the other pods until now."""

    ended: GpuSeconds = GpuSeconds()
    ended_pods: int = 0
    live: GpuSeconds = GpuSeconds()
    open_pods: int = 0  # that are not counted in `ended`
    gpus: float = 0.0  # held now
    gpus_per_worker: float = 0.0  # by the spec
    releasing: tuple[str, ...] = ()  # uids of counted pods that still have the finalizer
    budget_reached: int | None = None  # `spec.budget.gpuSeconds` when it was reached

    @property
    def total(self) -> GpuSeconds:
        return self.ended + self.live

    @property
    def is_empty(self) -> bool:
        """Return whether no pod with a GPU was observed, as in a sweep on CPUs."""
        return not self.ended_pods and not self.open_pods
