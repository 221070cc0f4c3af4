"""All that one pass knows. Made by `observe`, handed to `judge`, `plan` and `report`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hposweep.model.baseline import Baseline
from hposweep.model.history import History
from hposweep.model.storage import Storage
from hposweep.model.workers import Workers


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the spec that cannot work: a reason of `Accepted` and one sentence."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Observation:
    """One moment of the world, as far as one sweep is concerned."""

    storage: Storage
    workers: Workers
    now: datetime  # the only clock of the pure floors
    refusals: tuple[Fault, ...] = ()  # what the cluster says against the spec: template refused, source missing
    history: History | None = None  # None when the study could not be read
    baseline: Baseline | None = None  # None when the spec names none
