"""A service that takes notifications in memory, and a Notifier that sends to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from hposweep.allowed_hosts import AllowedHosts
from hposweep.model.delivery_result import DeliveryResult
from hposweep.notify.notifier import Notifier
from tests.unit import world


@dataclass
class MemoryService:
    """A service that takes notifications; `results` are those of the next attempts, before it takes all."""

    results: list[DeliveryResult] = field(default_factory=list)
    code: int | None = None
    sent: list[tuple[str, str, str]] = field(default_factory=list)  # title, body and kind of each attempt

    async def send(
        self, url: str, title: str, body: str, kind: str, allowed: AllowedHosts
    ) -> tuple[DeliveryResult, int | None]:
        self.sent.append((title, body, kind))
        return (self.results.pop(0), self.code) if self.results else (DeliveryResult.SENT, None)


def memory_notifier(service: MemoryService, clock: Callable[[], datetime] = lambda: world.NOON) -> Notifier:
    return Notifier(AllowedHosts(), clock, lambda _: None, service.send)
