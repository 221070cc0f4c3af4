"""Count the sweeps that the API server lists. Started by `context`, for the alert about an operator that sees none.

A watch that the API server refuses ends without a pass that fails, so that no other series of the operator tells of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from hposweep.api.names import GROUP, PLURAL, VERSION
from hposweep.cluster.apiserver import ApiServer

INTERVAL_SECONDS = 60.0  # one small read a minute, of an alert that waits for many


async def count_sweeps(server: ApiServer, namespaces: Sequence[str]) -> int:
    """Return their number; of all namespaces when none is named. Raises ApiError."""
    root = f"/apis/{GROUP}/{VERSION}"
    paths = [f"{root}/namespaces/{namespace}/{PLURAL}" for namespace in namespaces] or [f"{root}/{PLURAL}"]
    answers = [await server.request("GET", path, query={"limit": "1"}) for path in paths]
    return sum(len(answer["items"]) + (answer["metadata"].get("remainingItemCount") or 0) for answer in answers)


async def keep_counting(
    count: Callable[[], Awaitable[int]],
    show: Callable[[int | None], None],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Show the number once per interval, or None when it cannot be read, until cancelled."""
    while True:
        try:
            show(await count())
        except OSError:  # TimeoutError is one too
            show(None)
        await sleep(INTERVAL_SECONDS)
