"""The pause before a database that cannot be used is tried again. Called by `reconcile`."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.status import Status
from hposweep.model.observation import Observation

DIVISOR = 4  # a closed gate is tried again after a quarter of the time for which it has been closed


def storage_retry_seconds(observation: Observation, status: Status, first: float, maximum: float) -> float:
    """Return the pause of a sweep whose storage gate is closed: longer, the longer it has been so.

    Once workers run, a lost database is looked for as often as ever.
    """
    condition = status.condition(conditions.STORAGE_READY)
    if observation.search.has_started or condition is None:
        return first
    closed_seconds = (observation.now - condition.last_transition_time).total_seconds()
    return min(maximum, max(first, closed_seconds / DIVISOR))
