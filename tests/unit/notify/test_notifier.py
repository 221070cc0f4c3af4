"""Deliveries in the background: their results, their number, and their end with the sweep or the operator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from hposweep.allowed_hosts import AllowedHosts
from hposweep.api.spec import NotifyEvent, SecretKey
from hposweep.model.delivery_result import DeliveryResult
from hposweep.model.notifications import Attempt, Delivery, NotificationKey
from hposweep.model.plan import Notify
from hposweep.notify.notifier import MAX_PARALLEL, Notifier
from hposweep.notify.queues import MAX_QUEUED
from hposweep.wakeups import Key
from tests.unit.world import NOON

SWEEP = ("default", "digits")


class Service:
    """Sends wait until they are released."""

    def __init__(self, error: Exception | None = None) -> None:
        self.urls: list[str] = []
        self.release, self.error = asyncio.Event(), error

    async def send(self, url: str, *_: object) -> tuple[DeliveryResult, int | None]:
        self.urls.append(url)
        await self.release.wait()
        if self.error is not None:
            raise self.error
        return DeliveryResult.REFUSED, 403


def action(subject: str = "Complete", number: int = 1) -> Notify:
    key = NotificationKey(NotifyEvent.ENDED, subject, SecretKey("chat", "url"))
    return Notify("digits", Attempt(key, number, NOON), "title", "body", "info")


def reading(url: str | Exception | None) -> Callable[[], Awaitable[str | None]]:
    async def read() -> str | None:
        if isinstance(url, Exception):
            raise url
        return url

    return read


def made(service: Service, **options: Any) -> tuple[Notifier, asyncio.Queue[Key]]:
    woken: asyncio.Queue[Key] = asyncio.Queue()
    return Notifier(AllowedHosts(), lambda: NOON, woken.put_nowait, service.send, **options), woken


async def settle(rounds: int = 10) -> None:
    """Let tasks run that are ready."""
    for _ in range(rounds):
        await asyncio.sleep(0)


async def result_of(url: str | Exception | None, error: Exception | None = None) -> tuple[Delivery, ...]:
    service = Service(error)
    service.release.set()
    notifier, woken = made(service)
    notifier.start(SWEEP, action(), reading(url))
    assert await woken.get() == SWEEP
    return notifier.deliveries(SWEEP)


async def test_a_delivery_is_running_until_its_result_wakes_the_sweep() -> None:
    service = Service()
    notifier, woken = made(service)
    notifier.start(SWEEP, action(), reading("json://host"))
    assert notifier.deliveries(SWEEP) == (Delivery(action().attempt, NOON),)
    service.release.set()
    assert await woken.get() == SWEEP
    assert notifier.deliveries(SWEEP) == (Delivery(action().attempt, NOON, DeliveryResult.REFUSED, 403),)


async def test_a_later_attempt_replaces_the_earlier_one() -> None:
    service = Service()
    service.release.set()
    notifier, woken = made(service)
    for number in (1, 2):
        notifier.start(SWEEP, action(number=number), reading("json://host"))
        await woken.get()
    assert [delivery.attempt.number for delivery in notifier.deliveries(SWEEP)] == [2]


async def test_a_missing_secret_an_unreachable_api_and_a_bug_have_results() -> None:
    not_utf8 = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    results = [await result_of(url) for url in (None, OSError("no answer"), not_utf8)]
    results.append(await result_of("json://host", error=KeyError("a bug")))
    assert [delivery.result for (delivery,) in results] == ["SecretNotFound", "NotSent", "InvalidUrl", "NotSent"]


async def test_a_namespace_has_one_at_a_time_and_all_have_a_few() -> None:
    service = Service()
    notifier, woken = made(service)
    for number in range(MAX_PARALLEL + 3):
        for name in ("digits", "letters"):
            notifier.start((f"team-{number}", name), action(), reading(f"json://team-{number}"))
    await settle()
    assert service.urls == [f"json://team-{number}" for number in range(MAX_PARALLEL)]
    service.release.set()
    for _ in range(2 * (MAX_PARALLEL + 3)):
        await woken.get()
    assert sorted(service.urls) == sorted(2 * [f"json://team-{number}" for number in range(MAX_PARALLEL + 3)])


async def test_too_many_of_a_namespace_cost_its_oldest_one() -> None:
    service, results = Service(), list[DeliveryResult]()
    notifier, woken = made(service, count=results.append)
    for number in range(MAX_QUEUED + 2):
        notifier.start(SWEEP, action(f"reason-{number}"), reading("json://host"))
        await settle(1)
    assert results == [DeliveryResult.DROPPED]
    dropped = [delivery for delivery in notifier.deliveries(SWEEP) if delivery.result is not None]
    assert [(each.attempt.key.subject, each.result) for each in dropped] == [("reason-1", DeliveryResult.DROPPED)]
    assert await woken.get() == SWEEP
    await notifier.close()


async def test_an_attempt_that_others_wait_for_ends_after_its_share() -> None:
    service, results = Service(), list[DeliveryResult]()
    notifier, woken = made(service, count=results.append, share_seconds=0.01)
    for number in range(MAX_PARALLEL):
        notifier.start((f"slow-{number}", "digits"), action(), reading("json://slow"))
    await asyncio.sleep(0.05)
    assert results == [], "nobody waits, so each has the whole deadline"
    notifier.start(SWEEP, action(), reading("json://other"))
    assert await woken.get() == ("slow-0", "digits"), "the oldest"
    await settle()
    assert results == [DeliveryResult.TIMEOUT]
    assert service.urls[-1] == "json://other"
    await notifier.close()


async def test_a_late_namespace_ends_no_attempt_of_one_that_is_not() -> None:
    service, results = Service(), list[DeliveryResult]()
    notifier, woken = made(service, count=results.append, share_seconds=0.01)
    for number in range(MAX_PARALLEL + 1):
        notifier.start((f"slow-{number}", "digits"), action(), reading("json://slow"))
    late, _ = await woken.get()
    await settle()
    notifier.start((late, "digits"), action(number=2), reading("json://late"))
    await asyncio.sleep(0.1)
    assert results == [DeliveryResult.TIMEOUT]
    assert "json://late" not in service.urls
    service.release.set()
    while "json://late" not in service.urls:
        await woken.get()
    await notifier.close()


async def test_a_sweep_that_is_gone_is_told_of_no_more() -> None:
    service = Service()
    notifier, woken = made(service)
    notifier.start(SWEEP, action(), reading("json://host"))
    notifier.start(SWEEP, action("waits"), reading("json://waits"))
    notifier.start(("default", "other"), action(), reading("json://other"))
    await settle()
    notifier.forget(SWEEP)
    service.release.set()
    assert await woken.get() == ("default", "other")
    assert (woken.empty(), notifier.deliveries(SWEEP)) == (True, ())
    assert service.urls == ["json://host", "json://other"]


async def test_deliveries_end_with_the_operator() -> None:
    service = Service()
    notifier, woken = made(service)
    notifier.start(SWEEP, action(), reading("json://host"))
    await asyncio.sleep(0)
    await notifier.close()
    assert woken.empty()
