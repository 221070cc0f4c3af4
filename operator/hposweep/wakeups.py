"""Who sleeps until something may have changed, and how to wake them. Between `handlers` and `observe.progress`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

Key = tuple[str, str]  # namespace and name of a sweep


class Wakeups:
    """One event per sweep that is being kept reconciled; waking an unknown one does nothing."""

    def __init__(self) -> None:
        self._events: dict[Key, asyncio.Event] = {}

    def wake(self, key: Key) -> None:
        if key in self._events:
            self._events[key].set()

    @contextmanager
    def subscription(self, key: Key) -> Iterator[asyncio.Event]:
        """Clear it before looking at the world, wait on it after: so no wake-up is lost."""
        self._events[key] = event = asyncio.Event()
        try:
            yield event
        finally:
            if self._events.get(key) is event:
                del self._events[key]


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Until woken, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
