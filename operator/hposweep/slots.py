"""How many passes run at once, and whether they still end. `handlers` takes a slot for each pass.

A pass gives its slot back while it waits for a database (`lent`), so that databases that do not answer take no slot
from the sweeps of others. `telemetry.http` asks `stalled_seconds` for `/healthz`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar


class _PassSlot:
    """The slot of one pass."""

    def __init__(self, slots: Slots) -> None:
        self._slots, self._is_held = slots, False

    async def take(self) -> None:
        self._slots.start_waiting(self)
        await self._slots.semaphore.acquire()
        self._is_held = True

    def give(self) -> None:
        if self._is_held:
            self._is_held = False
            self._slots.semaphore.release()
        self._slots.stop_waiting(self)


_CURRENT: ContextVar[_PassSlot | None] = ContextVar("slot", default=None)


class Slots:
    """The slots of one operator."""

    def __init__(self, number: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.semaphore, self._clock = asyncio.Semaphore(number), clock
        self._since: dict[_PassSlot, float] = {}
        self._last_end = clock()

    async def acquire(self) -> None:
        """Wait for a slot for the pass of this task."""
        slot = _PassSlot(self)
        _CURRENT.set(slot)
        try:
            await slot.take()
        except BaseException:
            slot.give()
            raise

    def release(self) -> None:
        """End the pass of this task."""
        slot = _CURRENT.get()
        if slot is not None:
            slot.give()
            _CURRENT.set(None)
        self._last_end = self._clock()

    def start_waiting(self, slot: _PassSlot) -> None:
        """Note that a pass depends on the operator and the API server alone from now on."""
        self._since[slot] = self._clock()

    def stop_waiting(self, slot: _PassSlot) -> None:
        self._since.pop(slot, None)

    def stalled_seconds(self) -> float:
        """Return for how long no pass has ended although one that waits for no database should have; 0 without one."""
        if not self._since:
            return 0.0
        return max(0.0, self._clock() - max(self._last_end, min(self._since.values())))


@asynccontextmanager
async def lent() -> AsyncIterator[None]:
    """Give the slot of this pass to others, and take one again."""
    slot = _CURRENT.get()
    if slot is None:
        yield
        return
    slot.give()
    try:
        yield
    finally:
        await slot.take()
