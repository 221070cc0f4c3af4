"""Slots of passes: a database's silence takes none, and an operator whose passes no longer end is noticed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hposweep.slots import Slots, lent


class Clock:
    """A clock that a test sets."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@asynccontextmanager
async def a_pass(slots: Slots) -> AsyncIterator[None]:
    await slots.acquire()
    try:
        yield
    finally:
        slots.release()


async def test_a_pass_that_waits_for_a_database_has_no_slot_and_gets_one_again() -> None:
    slots, answer, order = Slots(1), asyncio.Event(), list[str]()

    async def silent() -> None:
        async with a_pass(slots):
            async with lent():
                await answer.wait()
            order.append("silent")
            assert slots.semaphore.locked()

    async def healthy() -> None:
        async with a_pass(slots):
            order.append("healthy")

    waiting = [asyncio.create_task(silent()) for _ in range(30)]
    await asyncio.sleep(0)
    await healthy()
    assert order == ["healthy"]
    answer.set()
    await asyncio.gather(*waiting)
    assert not slots.semaphore.locked()


@pytest.mark.parametrize("is_lent", [False, True])
async def test_a_pass_that_is_cancelled_gives_its_slot_back_once(is_lent: bool) -> None:
    slots, release = Slots(1), asyncio.Event()

    async def one_pass() -> None:
        async with a_pass(slots):
            if is_lent:
                async with lent():
                    pass  # and waits for a slot again
            await release.wait()

    first, second = (asyncio.create_task(one_pass()) for _ in range(2))
    for _ in range(5):
        await asyncio.sleep(0)
    for task in (second, first):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert not slots.semaphore.locked()
    await slots.acquire()
    assert slots.semaphore.locked(), "one slot, not two"
    assert slots.stalled_seconds() < 60


async def test_nothing_to_do_and_a_silent_database_are_no_stall() -> None:
    clock = Clock()
    slots = Slots(2, clock)
    clock.seconds += 1000
    assert slots.stalled_seconds() == 0
    async with a_pass(slots), lent():
        clock.seconds += 1000
        assert slots.stalled_seconds() == 0


async def test_passes_that_do_not_end_are_a_stall_from_their_start_on() -> None:
    clock = Clock()
    slots = Slots(1, clock)
    clock.seconds += 1000
    async with a_pass(slots):
        waiting = asyncio.create_task(slots.acquire())
        await asyncio.sleep(0)
        clock.seconds += 61
        assert slots.stalled_seconds() == 61
    await waiting
    assert slots.stalled_seconds() == 0, "a pass has ended"
