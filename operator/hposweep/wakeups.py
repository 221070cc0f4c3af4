"""Wake the sweeps that wait for their next pass. `handlers` waits, `observe.progress` and the watches wake.

`Backoff` says how long a sweep waits after a pass that failed; `Passes` knows which sweeps have one now.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress

Key = tuple[str, str]  # namespace and name of a sweep


class Wakeups:
    """One event per sweep that has a daemon; to wake another one does nothing."""

    def __init__(self) -> None:
        self._events: dict[Key, asyncio.Event] = {}
        self._uids: dict[Key, str] = {}

    def wake(self, key: Key) -> None:
        if key in self._events:
            self._events[key].set()

    def uid(self, key: Key) -> str:
        """Return the uid of the sweep that has a daemon under this name; "" without one."""
        return self._uids.get(key, "")

    @contextmanager
    def subscription(self, key: Key, uid: str = "") -> Iterator[asyncio.Event]:
        """Yield the event. Clear it before a pass reads anything and wait for it afterwards, so that none is lost."""
        self._events[key] = event = asyncio.Event()
        self._uids[key] = uid
        try:
            yield event
        finally:
            if self._events.get(key) is event:
                del self._events[key]
                del self._uids[key]


class Passes:
    """The sweeps over which a pass runs now."""

    def __init__(self) -> None:
        self._keys: set[Key] = set()

    def is_running(self, key: Key) -> bool:
        return key in self._keys

    @contextmanager
    def running(self, key: Key) -> Iterator[None]:
        """Count the sweep as one with a pass. A sweep has one daemon, so there is never a second one."""
        self._keys.add(key)
        try:
            yield
        finally:
            self._keys.discard(key)


class Backoff:
    """The pauses of one sweep after passes that failed: each twice as long, up to a limit, and none the same."""

    def __init__(self, first_seconds: float, max_seconds: float) -> None:
        self._first_seconds, self._max_seconds = first_seconds, max_seconds
        self._seconds, self._sentence = first_seconds, ""
        self.failures = 0  # in a row

    def succeed(self) -> None:
        self._seconds, self._sentence, self.failures = self._first_seconds, "", 0

    def fail(self, sentence: str) -> tuple[float, bool]:
        """Return the pause, and whether the failure is another one than before."""
        self.failures += 1
        seconds, is_new = self._seconds, sentence != self._sentence
        self._seconds, self._sentence = min(2 * seconds, self._max_seconds), sentence
        return seconds * random.uniform(0.8, 1), is_new  # noqa: S311  # spreads load, keeps no secret


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
