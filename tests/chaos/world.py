"""What faults act upon: a cluster and a database of this machine, and the sweep that runs there at the moment."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hposweep.cluster.parse import pod as as_seen
from tests.chaos.portrait import portrait
from tests.chaos.tolerance import glimpse
from tests.chaos.witness import Sighting, Witness
from tests.cluster.layout import Layout
from tests.contract.apiserver import ApiServer
from tests.e2e.evidence import Evidence
from tests.e2e.installation import Installation
from tests.e2e.patience import until
from tests.e2e.place import Place
from tests.postgres_server import PostgresServer

# Kubernetes' own controllers may wait for five minutes for what an API server that was killed has not told them.
VICTIM_SECONDS, PORTRAIT_SECONDS = 420.0, 60.0
FRESH = timedelta(seconds=1.5)  # a trial that goes on says so several times a second


@dataclass
class World:
    """`sweeps`: the budgets of all that were made; `killed`: study and number of trials whose process was killed;
    `longest_wait_seconds`: that a fault waited for a worker or a trial to hit.
    """

    layout: Layout
    server: ApiServer
    installation: Installation
    postgres: PostgresServer
    place: Place
    witness: Witness
    evidence: Evidence
    sweeps: dict[str, int] = field(default_factory=dict)
    killed: set[tuple[str, int]] = field(default_factory=set)
    longest_wait_seconds: float = 0.0
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

    def victim(self, pick: float, *, failures: int | None = None) -> dict[str, Any]:
        """A running worker pod, whose slot has not failed so often before; waits for one."""

        def look() -> list[dict[str, Any]]:
            pods = glimpse(lambda: self.place.running_pods(self.current))
            alive = [pod for pod in pods or () if "deletionTimestamp" not in pod["metadata"]]
            return [pod for pod in alive if failures is None or as_seen(pod).failures < failures]

        pods = self._awaited(look, "a worker runs")
        return _picked(sorted(pods, key=lambda pod: str(pod["metadata"]["name"])), pick)

    def running_trial(self, pick: float) -> Sighting:
        """The latest word of a trial that goes on; waits for one."""
        return _picked(self._awaited(self._running, "a trial runs"), pick)

    def _awaited(self, look: Callable[[], list[Any]], what: str) -> list[Any]:
        """Prints what is to be seen when that takes long."""
        began = time.monotonic()
        try:
            found = until(look, seconds=PORTRAIT_SECONDS, what=what)
        except AssertionError as error:
            print(f"{error}\n{portrait(self.place, self.current)}", flush=True)
            found = until(look, seconds=VICTIM_SECONDS - PORTRAIT_SECONDS, what=what)
        with self._lock:
            self.longest_wait_seconds = max(self.longest_wait_seconds, time.monotonic() - began)
        return found

    def _running(self) -> list[Sighting]:
        last = {(seen.number, seen.pod): seen for seen in self.witness.sightings(self.place.study(self.current))}
        fresh = datetime.now(UTC) - FRESH
        return [seen for seen in last.values() if seen.event in ("start", "step") and seen.at > fresh]


def _picked(victims: list[Any], pick: float) -> Any:
    return victims[int(pick * len(victims))]
