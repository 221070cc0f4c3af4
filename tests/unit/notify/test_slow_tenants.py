"""Many tenants whose servers never answer, and one whose server does: real servers, a process for each attempt."""

from __future__ import annotations

import asyncio

from hposweep.allowed_hosts import VARIABLE, AllowedHosts
from hposweep.api.spec import NotifyEvent, SecretKey
from hposweep.model.delivery_result import DeliveryResult
from hposweep.model.notifications import Attempt, NotificationKey
from hposweep.model.plan import Notify
from hposweep.notify.notifier import MAX_PARALLEL, Notifier
from hposweep.notify.process import send
from hposweep.wakeups import Key
from tests.unit.notify.servers import http_server
from tests.unit.world import NOON

HERE = AllowedHosts.from_environment({VARIABLE: "127.0.0.0/8"})
SLOW_TENANTS = 20
SHARE_SECONDS = 0.5
QUICK = ("quick", "digits")


def action(number: int) -> Notify:
    key = NotificationKey(NotifyEvent.ENDED, "Complete", SecretKey("chat", "url"))
    return Notify("digits", Attempt(key, number, NOON), "title", "body", "info")


class Tenants:
    """Slow tenants that try again at once, and a quick one. `order` has each attempt that got a slot."""

    def __init__(self, slow_port: int, quick_port: int) -> None:
        self.order: list[Key] = []
        self.all_slow_started = asyncio.Event()
        self.ended: asyncio.Queue[Key] = asyncio.Queue()
        self._ports = (slow_port, quick_port)
        self._numbers: dict[Key, int] = {}
        self.notifier = Notifier(HERE, lambda: NOON, self._wake, self._send, share_seconds=SHARE_SECONDS)

    def start(self, key: Key) -> None:
        self._numbers[key] = self._numbers.get(key, 0) + 1

        async def read_url() -> str:
            self.order.append(key)
            if len(self.order) == SLOW_TENANTS:
                self.all_slow_started.set()
            return f"json://127.0.0.1:{self._ports[key == QUICK]}?cto=600&rto=600"

        self.notifier.start(key, action(self._numbers[key]), read_url)

    def _wake(self, key: Key) -> None:
        self.ended.put_nowait(key)
        if key != QUICK:
            self.start(key)

    @staticmethod
    async def _send(
        url: str, title: str, body: str, kind: str, allowed: AllowedHosts
    ) -> tuple[DeliveryResult, int | None]:
        return await send(url, title, body, kind, allowed, deadline_seconds=600)


async def test_slow_tenants_do_not_delay_another_one() -> None:
    with http_server(waits=True) as slow, http_server() as quick:
        tenants = Tenants(slow.port, quick.port)
        for number in range(SLOW_TENANTS):
            tenants.start((f"slow-{number}", "digits"))
        for _ in range(SLOW_TENANTS - MAX_PARALLEL):
            await tenants.ended.get()  # each had its share of the time; the last ones keep their slots
        await tenants.all_slow_started.wait()
        tenants.start(QUICK)
        while await tenants.ended.get() != QUICK:
            pass
        (delivery,) = tenants.notifier.deliveries(QUICK)
        await tenants.notifier.close()
    assert (delivery.result, len(quick.bodies)) == (DeliveryResult.SENT, 1)
    assert tenants.order[SLOW_TENANTS] == QUICK, "the next free slot is that of the quick tenant"
    assert len(set(tenants.order[:SLOW_TENANTS])) == SLOW_TENANTS
