"""All metrics of a sweep, in the order of the exposition and of the reference page."""

from __future__ import annotations

from hposweep.telemetry.series import disk, durations, gpu_time, identity, progress, state, trials, values, verdicts
from hposweep.telemetry.series.series import Series

ALL: tuple[Series, ...] = (
    *identity.SERIES,
    *trials.SERIES,
    *durations.SERIES,
    *values.SERIES,
    *progress.SERIES,
    *gpu_time.SERIES,
    *disk.SERIES,
    *verdicts.SERIES,
    *state.SERIES,
)
