"""Looks, as long as the faults last, for RUNNING trials whose pod has been gone for too long.

Counted is only time in which somebody could end such a trial: while database and API server are there.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from hpotrial import protocol
from tests.chaos.schedule import API_SERVER, DATABASE
from tests.chaos.tolerance import glimpse
from tests.chaos.world import World
from tests.e2e.trials import Database

LOOK_SECONDS = 2.0
STUCK_SECONDS = 60.0


@dataclass
class Watch:
    """`orphaned_seconds` of each trial, by study and number, that was seen RUNNING without its pod."""

    world: World
    database: Database
    orphaned_seconds: dict[tuple[str, int], float] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        self.database.close()

    def stuck(self, study: str) -> dict[int, float]:
        """Trials that were RUNNING for more than `STUCK_SECONDS` without a pod."""
        found = self.orphaned_seconds.items()
        return {number: seconds for (of, number), seconds in found if of == study and seconds > STUCK_SECONDS}

    def longest(self) -> float:
        return max(self.orphaned_seconds.values(), default=0.0)

    def _run(self) -> None:
        before: tuple[float, set[tuple[str, int]]] | None = None
        while not self._ended.wait(LOOK_SECONDS):
            if self.world.is_disturbed(DATABASE, API_SERVER):
                before = None
                continue
            orphans = glimpse(self._orphans)
            now = time.monotonic()
            if before is not None and orphans is not None:
                for key in orphans & before[1]:
                    self.orphaned_seconds[key] = self.orphaned_seconds.get(key, 0.0) + now - before[0]
            before = None if orphans is None else (now, orphans)

    def _orphans(self) -> set[tuple[str, int]]:
        """Trials are read before pods: a trial whose pod is then absent has certainly lost it."""
        found = set()
        for name in tuple(self.world.sweeps):
            study = self.world.place.study(name)
            running = self.database.running(study)
            alive = {pod["metadata"]["uid"] for pod in self.world.place.live_pods(name)} if running else set()
            found |= {(study, trial.number) for trial in running if trial.attributes.get(protocol.POD_UID) not in alive}
        return found
