"""What faults act upon: a cluster and a database of this machine, and the sweep that runs there at the moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.chaos.tolerance import glimpse
from tests.chaos.witness import Sighting, Witness
from tests.cluster.layout import Layout
from tests.contract.apiserver import ApiServer
from tests.e2e.evidence import Evidence
from tests.e2e.installation import Installation
from tests.e2e.patience import until
from tests.e2e.place import Place
from tests.postgres_server import PostgresServer

VICTIM_SECONDS = 120.0
FRESH = timedelta(seconds=1.5)  # a trial that goes on says so several times a second


@dataclass
class World:
    """`sweeps`: the budgets of all that were made; `killed`: study and number of trials whose process was killed."""

    layout: Layout
    server: ApiServer
    installation: Installation
    postgres: PostgresServer
    place: Place
    witness: Witness
    evidence: Evidence
    sweeps: dict[str, int] = field(default_factory=dict)
    killed: set[tuple[str, int]] = field(default_factory=set)
    _disturbed: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def current(self) -> str:
        """The newest sweep: the one that has trials to run."""
        return list(self.sweeps)[-1]

    @contextmanager
    def disturbed(self, part: str) -> Iterator[None]:
        """Says that this part of the world is away on purpose."""
        with self._lock:
            self._disturbed[part] += 1
        try:
            yield
        finally:
            with self._lock:
                self._disturbed[part] -= 1

    def is_disturbed(self, *parts: str) -> bool:
        with self._lock:
            return any(self._disturbed[part] for part in parts)

    def victim(self, pick: float) -> dict[str, Any]:
        """A running worker pod; waits for one."""

        def look() -> list[dict[str, Any]]:
            pods = glimpse(lambda: self.place.running_pods(self.current))
            return [pod for pod in pods or () if "deletionTimestamp" not in pod["metadata"]]

        pods = until(look, seconds=VICTIM_SECONDS, what="a worker runs")
        return _picked(sorted(pods, key=lambda pod: str(pod["metadata"]["name"])), pick)

    def running_trial(self, pick: float) -> Sighting:
        """The latest word of a trial that goes on; waits for one."""
        return _picked(until(self._running, seconds=VICTIM_SECONDS, what="a trial runs"), pick)

    def _running(self) -> list[Sighting]:
        last = {(seen.number, seen.pod): seen for seen in self.witness.sightings(self.place.study(self.current))}
        fresh = datetime.now(UTC) - FRESH
        return [seen for seen in last.values() if seen.event in ("start", "step") and seen.at > fresh]


def _picked(victims: list[Any], pick: float) -> Any:
    return victims[int(pick * len(victims))]
