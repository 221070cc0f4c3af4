"""Whether nothing is left to do for a sweep but to tell people. Called by `reconcile` before it reads anything else."""

from __future__ import annotations

from hposweep.api import conditions as c
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep


def is_settled(sweep: Sweep, status: Status) -> bool:
    """Return whether the sweep has ended and its spec has not changed since.

    A tier that could not be judged keeps it open, and so do champions and a pod whose GPU time is not counted.
    """
    tiers = (entry for entry in status.conditions if entry.type != c.CHAMPIONS_VALIDATED)
    is_open = any(entry.reason == c.CANNOT_TELL for entry in tiers) or status.has_open_champions
    is_open = is_open or (status.gpu_seconds is not None and not status.gpu_seconds.is_settled)
    return status.has_ended and status.observed_generation == sweep.generation and not is_open
