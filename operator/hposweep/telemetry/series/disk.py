"""Free space at the workers' paths: of all paths and workers, the one that is nearest to its limit."""

from __future__ import annotations

from hposweep.telemetry.series.series import Rows, Series, Snapshot, gauge, number


def _free(snapshot: Snapshot) -> Rows:
    disk = snapshot.facts.disk
    return number(disk.free_bytes if disk is not None and _has_workers(snapshot) else None)


def _required(snapshot: Snapshot) -> Rows:
    disk = snapshot.facts.disk
    return number(disk.required_bytes if disk is not None and _has_workers(snapshot) else None)


def _has_workers(snapshot: Snapshot) -> bool:
    """Return whether a worker runs, because the number of one that has ended says nothing about now."""
    return snapshot.status.workers.running > 0


SERIES: tuple[Series, ...] = (
    gauge(
        "hposweep_disk_free_bytes",
        "Free bytes at the path of `spec.preflight.disk` that is nearest to its limit, on the worker where that is so. "
        "Workers measure each minute. Absent without such paths, and while no worker runs.",
        _free,
    ),
    gauge(
        "hposweep_disk_required_bytes",
        "`freeBytes` of that path.",
        _required,
    ),
)
