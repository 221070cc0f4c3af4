"""The protocol by which `reconcile` reports each sweep to the metrics, without a metrics library for a local run."""

from __future__ import annotations

from typing import Protocol

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation


class Gauges(Protocol):
    """`telemetry.sweeps` in the operator. `observation` is None in a pass that read only the sweep itself."""

    def show(
        self, sweep: Sweep, status: Status, observation: Observation | None = None, database: str = ""
    ) -> None: ...

    def forget(self, namespace: str, name: str) -> None: ...


class NoGauges:
    """Ignore the status of a local run, which has no scraper."""

    def show(self, sweep: Sweep, status: Status, observation: Observation | None = None, database: str = "") -> None:
        return None

    def forget(self, namespace: str, name: str) -> None:
        return None
