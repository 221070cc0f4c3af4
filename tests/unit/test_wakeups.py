"""Wake-ups: none lost, none for sweeps that nobody keeps."""

from __future__ import annotations

import asyncio

from hposweep.wakeups import Wakeups, wait

KEY = ("vision", "digits")


async def test_a_wake_up_during_a_pass_is_not_lost() -> None:
    wakeups = Wakeups()
    with wakeups.subscription(KEY) as event:
        event.clear()
        wakeups.wake(KEY)  # something changed while the pass was looking elsewhere
        await asyncio.wait_for(wait(event, 3600), timeout=5)


async def test_waiting_ends_by_itself() -> None:
    with Wakeups().subscription(KEY) as event:
        await wait(event, 0.001)
        assert not event.is_set()


async def test_an_unknown_sweep_wakes_nobody() -> None:
    wakeups = Wakeups()
    with wakeups.subscription(KEY) as event:
        wakeups.wake(("vision", "other"))
        assert not event.is_set()
    wakeups.wake(KEY)
