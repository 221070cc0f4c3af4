"""The free space at the path that is nearest to its limit, of workers that run. Read by `telemetry` and `report`."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """The path that is nearest to its limit, or the furthest below. `field` is its field of the spec."""

    field: str
    path: str
    free_bytes: float
    required_bytes: float

    @property
    def is_low(self) -> bool:
        return self.free_bytes < self.required_bytes


def disk_space(sweep: Sweep, observation: Observation) -> DiskSpace | None:
    """Return the lowest free space relative to what `spec.preflight.disk` requires; None when none is known."""
    study, preflight = observation.storage.study, sweep.spec.preflight
    if study is None or preflight is None:
        return None
    pod_uids = {pod.uid for pod in observation.search.running_pods}
    spaces = (
        DiskSpace(f"spec.preflight.disk[{position}]", spec.path, report.free_bytes[spec.path], float(spec.free_bytes))
        for position, spec in enumerate(preflight.disk)
        for report in study.disk
        if report.pod_uid in pod_uids and spec.path in report.free_bytes
    )
    return min(spaces, key=lambda space: space.free_bytes / max(space.required_bytes, 1.0), default=None)
