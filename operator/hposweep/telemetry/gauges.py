"""What `reconcile` shows of each sweep, and nothing that needs a metrics library: a local run has no scraper."""

from __future__ import annotations

from typing import Protocol

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep


class Gauges(Protocol):
    """`telemetry.sweeps` in the operator."""

    def show(self, sweep: Sweep, status: Status) -> None: ...

    def forget(self, namespace: str, name: str) -> None: ...


class NoGauges:
    """For a run whose status is on the screen."""

    def show(self, sweep: Sweep, status: Status) -> None:
        return None

    def forget(self, namespace: str, name: str) -> None:
        return None
