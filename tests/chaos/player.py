"""Plays a schedule of faults, each in a thread of its own, and keeps what came of it."""

from __future__ import annotations

import threading
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.chaos import faults
from tests.chaos.schedule import Fault
from tests.chaos.world import World


@dataclass(frozen=True, slots=True)
class Done:
    """One fault as it happened; `error` when it could not be played."""

    fault: Fault
    began: datetime
    ended: datetime
    victim: str
    error: str = ""

    def __str__(self) -> str:
        times = f"{self.began:%H:%M:%S.%f} to {self.ended:%H:%M:%S}"
        return f"{self.fault.number:>3} {times} {self.fault.kind}: {self.victim or 'not played'}"


class Player:
    """`start` it; it `is_over` when the last fault has been healed."""

    def __init__(self, world: World, planned: Sequence[Fault]) -> None:
        self._world, self._planned = world, planned
        self._done: list[Done] = []
        self._thread = threading.Thread(target=self._play_all, daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    @property
    def done(self) -> list[Done]:
        return sorted(self._done, key=lambda done: done.began)

    def counts(self) -> Counter[str]:
        return Counter(done.fault.kind for done in self._done if not done.error)

    def join(self) -> None:
        self._thread.join()

    def _play_all(self) -> None:
        started, threads = time.monotonic(), []
        for fault in self._planned:
            time.sleep(max(0.0, started + fault.at_seconds - time.monotonic()))
            threads.append(threading.Thread(target=self._play, args=(fault,), daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def _play(self, fault: Fault) -> None:
        began, victim, error = datetime.now(UTC), "", ""
        try:
            victim = faults.play(self._world, fault)
        except Exception:
            error = traceback.format_exc()
        done = Done(fault, began, datetime.now(UTC), victim, error)
        self._done.append(done)
        print(done, flush=True)
