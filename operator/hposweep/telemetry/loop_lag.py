"""Lag of the event loop, measured by a task that sleeps. Started by `context`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

INTERVAL_SECONDS = 1.0


async def measure_loop_lag(
    observe: Callable[[float], None],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
    interval_seconds: float = INTERVAL_SECONDS,
) -> None:
    """Observe the lag once per interval, until cancelled."""
    while True:
        started = clock()
        await sleep(interval_seconds)
        observe(max(clock() - started - interval_seconds, 0.0))
