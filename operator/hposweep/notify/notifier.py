"""The notifications that are being sent, and the results that no status has yet. One per operator, made by `context`.

`apply.plan` starts a delivery and does not wait for it. The pass that its end wakes reads the result and writes it into
the status.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from hposweep.allowed_hosts import AllowedHosts
from hposweep.model.delivery_result import DeliveryResult
from hposweep.model.notifications import Delivery, NotificationKey
from hposweep.model.plan import Notify
from hposweep.notify import process
from hposweep.wakeups import Key

MAX_PARALLEL = 2  # each is a process of about 60 MiB within the operator's memory limit

ReadUrl = Callable[[], Awaitable[str | None]]
Send = Callable[[str, str, str, str, AllowedHosts], Awaitable[tuple[DeliveryResult, int | None]]]
_log = logging.getLogger(__name__)


class Notifier:
    """The latest delivery of each notification, by sweep."""

    def __init__(
        self,
        allowed: AllowedHosts,
        clock: Callable[[], datetime],
        wake: Callable[[Key], None],
        send: Send = process.send,
    ) -> None:
        self._allowed, self._clock, self._wake, self._send = allowed, clock, wake, send
        self._slots = asyncio.Semaphore(MAX_PARALLEL)
        self._deliveries: dict[Key, dict[NotificationKey, Delivery]] = {}
        self._tasks: dict[Key, set[asyncio.Task[None]]] = {}

    def deliveries(self, key: Key) -> tuple[Delivery, ...]:
        return tuple(self._deliveries.get(key, {}).values())

    def start(self, key: Key, action: Notify, read_url: ReadUrl) -> None:
        """Start a delivery in the background."""
        delivery = Delivery(action.attempt, self._clock())
        self._deliveries.setdefault(key, {})[action.attempt.key] = delivery
        task = asyncio.create_task(self._deliver(key, action, delivery, read_url), name="notify")
        tasks = self._tasks.setdefault(key, set())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def forget(self, key: Key) -> None:
        """End the deliveries of a sweep that is gone."""
        self._deliveries.pop(key, None)
        for task in self._tasks.pop(key, set()):
            task.cancel()

    async def close(self) -> None:
        """End all deliveries. Those that were not finished are sent by the next operator process."""
        tasks = [task for tasks in self._tasks.values() for task in tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, key: Key, action: Notify, delivery: Delivery, read_url: ReadUrl) -> None:
        async with self._slots:
            result, code = await self._try(action, read_url)
        self._deliveries[key][action.attempt.key] = replace(delivery, result=result, code=code, time=self._clock())
        self._wake(key)

    async def _try(self, action: Notify, read_url: ReadUrl) -> tuple[DeliveryResult, int | None]:
        try:
            url = await read_url()
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
