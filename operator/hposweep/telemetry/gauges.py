"""The protocol by which `reconcile` reports each sweep to the metrics, without a metrics library for a local run."""

from __future__ import annotations

from typing import Protocol

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep


class Gauges(Protocol):
    """`telemetry.sweeps` in the operator."""

    def show(self, sweep: Sweep, status: Status) -> None: ...

    def forget(self, namespace: str, name: str) -> None: ...


class NoGauges:
    """Ignore the status of a local run, which has no scraper."""

    def show(self, sweep: Sweep, status: Status) -> None:
        return None

    def forget(self, namespace: str, name: str) -> None:
        return None
