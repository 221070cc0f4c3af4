"""GPU seconds by use, the GPUs that are held, and the price of both."""

from __future__ import annotations

from datetime import datetime

from hposweep.api.cost import GpuSecondsStatus
from hposweep.telemetry.series.series import Rows, Series, Snapshot, gauge, number

_PARTS = ("training", "idle", "pull", "start", "queue")
_WASTED = ("failed", "pruned", "preempted", "waiting")


def allocated_now(seconds: GpuSecondsStatus, now: datetime) -> float:
    """Return the allocated seconds: the status has them as of an earlier moment, and the GPUs that are held since."""
    return seconds.allocated + seconds.gpus * max(0.0, (now - seconds.time).total_seconds())


def _by_use(snapshot: Snapshot) -> Rows:
    seconds = snapshot.status.gpu_seconds
    if seconds is None:
        return ()
    parts = [((use,), float(getattr(seconds, use))) for use in _PARTS]
    return (*parts, *(((use,), float(seconds.wasted.get(use, 0))) for use in _WASTED))


def _allocated(snapshot: Snapshot) -> Rows:
    seconds = snapshot.status.gpu_seconds
    return () if seconds is None else number(allocated_now(seconds, snapshot.now))


def _gpus(snapshot: Snapshot) -> Rows:
    seconds = snapshot.status.gpu_seconds
    return () if seconds is None else number(seconds.gpus)


def _cost(snapshot: Snapshot) -> Rows:
    cost = snapshot.status.cost
    return () if cost is None else number(cost.amount, cost.currency)


SERIES: tuple[Series, ...] = (
    gauge(
        "hposweep_gpu_allocated_seconds",
        "GPU seconds that pods of the sweep held: from their node to their end, times their GPUs. Absent without GPUs.",
        _allocated,
        is_timed=True,
    ),
    gauge(
        "hposweep_gpu_use_seconds",
        "GPU seconds by use, as of the last change of a pod or a trial, or of the last ten minutes. All but `queue` "
        "add up to the allocated ones of that moment. Absent without GPUs.",
        _by_use,
        use="training, idle, pull, start, queue (no GPU is held), failed, pruned, preempted, waiting",
    ),
    gauge(
        "hposweep_gpus",
        "GPUs that pods of the sweep hold. Absent without GPUs.",
        _gpus,
    ),
    gauge(
        "hposweep_cost",
        "Price of the allocated GPU seconds, as of the last change of a pod or a trial. Absent without `spec.cost`.",
        _cost,
        currency="of `spec.cost.currency`",
    ),
)
