"""Wake the sweeps that wait for their next pass. `handlers` waits, `observe.progress` and the watches wake."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

Key = tuple[str, str]  # namespace and name of a sweep


class Wakeups:
    """One event per sweep that has a daemon; to wake another one does nothing."""

    def __init__(self) -> None:
        self._events: dict[Key, asyncio.Event] = {}

    def wake(self, key: Key) -> None:
        if key in self._events:
            self._events[key].set()

    @contextmanager
    def subscription(self, key: Key) -> Iterator[asyncio.Event]:
        """Yield the event. Clear it before a pass reads anything and wait for it afterwards, so that none is lost."""
        self._events[key] = event = asyncio.Event()
        try:
            yield event
        finally:
            if self._events.get(key) is event:
                del self._events[key]


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
