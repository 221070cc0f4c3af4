"""The notifications that are being sent, and the results that no status has yet. One per operator, made by `context`.

`apply.plan` starts a delivery and does not wait for it. The pass that its end wakes reads the result and writes it into
the status.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from hposweep.allowed_hosts import AllowedHosts
from hposweep.model.delivery_result import DeliveryResult
from hposweep.model.notifications import Delivery, NotificationKey
from hposweep.model.plan import Notify
from hposweep.notify import process
from hposweep.notify.queues import NamespaceQueues
from hposweep.wakeups import Key

MAX_PARALLEL = 4  # each is a process of about 60 MiB within the operator's memory limit
# After this time an attempt ends if another namespace waits for its slot. A third of the deadline of `process`.
SHARE_SECONDS = 10.0

ReadUrl = Callable[[], Awaitable[str | None]]
Send = Callable[[str, str, str, str, AllowedHosts], Awaitable[tuple[DeliveryResult, int | None]]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    """One attempt, in a queue or in a slot."""

    key: Key
    action: Notify
    delivery: Delivery
    read_url: ReadUrl


@dataclass(slots=True)
class _Slot:
    """An attempt that is being sent. `limit` ends it as if its server had not answered in time."""

    job: _Job
    start_seconds: float
    limit: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))
    task: asyncio.Task[None] | None = None
    is_ending: bool = False


class Notifier:
    """The latest delivery of each notification, by sweep."""

    def __init__(
        self,
        allowed: AllowedHosts,
        clock: Callable[[], datetime],
        wake: Callable[[Key], None],
        send: Send = process.send,
        count: Callable[[DeliveryResult], None] = lambda _: None,
        share_seconds: float = SHARE_SECONDS,
    ) -> None:
        self._allowed, self._clock, self._wake, self._send, self._count = allowed, clock, wake, send, count
        self._share_seconds = share_seconds
        self._deliveries: dict[Key, dict[NotificationKey, Delivery]] = {}
        self._queues: NamespaceQueues[_Job] = NamespaceQueues()
        self._slots: dict[str, _Slot] = {}  # by namespace
        self._timer: asyncio.TimerHandle | None = None

    def deliveries(self, key: Key) -> tuple[Delivery, ...]:
        return tuple(self._deliveries.get(key, {}).values())

    def start(self, key: Key, action: Notify, read_url: ReadUrl) -> None:
        """Start a delivery in the background."""
        delivery = Delivery(action.attempt, self._clock())
        self._deliveries.setdefault(key, {})[action.attempt.key] = delivery
        dropped = self._queues.put(key[0], _Job(key, action, delivery, read_url))
        if dropped is not None:
            self._finish(dropped, DeliveryResult.DROPPED, None)
        self._fill_slots()

    def forget(self, key: Key) -> None:
        """End the deliveries of a sweep that is gone."""
        self._deliveries.pop(key, None)
        self._queues.remove(key[0], lambda job: job.key == key)
        slot = self._slots.get(key[0])
        if slot is not None and slot.job.key == key and slot.task is not None:
            slot.task.cancel()

    async def close(self) -> None:
        """End all deliveries. Those that were not finished are sent by the next operator process."""
        self._queues.clear()
        tasks = [slot.task for slot in self._slots.values() if slot.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()

    def _fill_slots(self) -> None:
        """Start what may start now. If every slot is taken, share them."""
        while (namespace := self._queues.next(self._slots)) is not None:
            if len(self._slots) >= MAX_PARALLEL:
                self._share(self._queues.lateness(namespace))
                return
            slot = _Slot(self._queues.take(namespace), asyncio.get_running_loop().time())
            self._slots[namespace] = slot
            slot.task = asyncio.create_task(self._deliver(slot), name="notify")
            slot.task.add_done_callback(partial(self._free, namespace))

    def _share(self, lateness: int) -> None:
        """End the attempt of the latest namespace, or wait until one has had its time.

        A namespace never ends the attempt of one that is less late than itself.
        """
        candidates = [name for name in self._slots if self._queues.lateness(name) >= lateness]
        if not candidates or any(slot.is_ending for slot in self._slots.values()):
            return
        now = asyncio.get_running_loop().time()
        ages = {name: now - self._slots[name].start_seconds for name in candidates}
        expired = [name for name in candidates if ages[name] >= self._share_seconds]
        if expired:
            slot = self._slots[max(expired, key=lambda name: (self._queues.lateness(name), ages[name]))]
            slot.is_ending = True
            slot.limit.reschedule(now)
            return
        if self._timer is not None:
            self._timer.cancel()
        remaining_seconds = self._share_seconds - max(ages.values())
        self._timer = asyncio.get_running_loop().call_later(remaining_seconds, self._fill_slots)

    def _free(self, namespace: str, _: asyncio.Task[None]) -> None:
        slot = self._slots.pop(namespace)
        seconds = asyncio.get_running_loop().time() - slot.start_seconds
        self._queues.record(namespace, is_late=seconds >= self._share_seconds)
        self._fill_slots()

    async def _deliver(self, slot: _Slot) -> None:
        try:
            async with slot.limit:
                result, code = await self._try(slot.job)
        except TimeoutError:
            result, code = DeliveryResult.TIMEOUT, None
        self._finish(slot.job, result, code)

    def _finish(self, job: _Job, result: DeliveryResult, code: int | None) -> None:
        self._count(result)
        delivery = replace(job.delivery, result=result, code=code, time=self._clock())
        if job.key in self._deliveries:  # else the sweep is gone
            self._deliveries[job.key][job.action.attempt.key] = delivery
            self._wake(job.key)

    async def _try(self, job: _Job) -> tuple[DeliveryResult, int | None]:
        action = job.action
        try:
            url = await job.read_url()
            if url is None:
                return DeliveryResult.SECRET_NOT_FOUND, None
            return await self._send(url, action.title, action.body, action.kind, self._allowed)
        except (OSError, TimeoutError):
            return DeliveryResult.NOT_SENT, None  # because the API server did not answer
        except UnicodeDecodeError:
            return DeliveryResult.INVALID_URL, None
        except Exception as error:  # a bug must not leave the notification without a result
            _log.error("a notification was not sent by a bug of the operator: %s", type(error).__name__)
            return DeliveryResult.NOT_SENT, None
