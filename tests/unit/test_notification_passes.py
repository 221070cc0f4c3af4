"""Notifications through whole passes: each event goes out once, after failures and after restarts of the operator."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hposweep.api.spec import NotifySpec, SecretKey
from hposweep.model.delivery_result import DeliveryResult
from hposweep.notify.notifier import Notifier
from hposweep.reconcile import Reconciler
from tests.unit import world
from tests.unit.judge.linter.cases_notify import target
from tests.unit.memory import SETTINGS, MemoryCluster, MemoryStudies, made
from tests.unit.memory_service import MemoryService, memory_notifier

DONE = {"complete": 10}


@dataclass
class Story:
    """A sweep whose trials are done, and the operator that reports it."""

    service: MemoryService = field(default_factory=MemoryService)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        of = world.sweep(notify=[target("Ended", "GateFailed")])
        self.cluster = MemoryCluster(of, jobs=(world.job(is_complete=True),))
        self.studies = MemoryStudies(world.study(of, best=0.6, **DONE))
        self.start()

    def start(self) -> None:
        """Start another operator process."""
        self.notifier: Notifier = memory_notifier(self.service, self._now)
        self.reconciler: Reconciler = made(self.cluster, self.studies, clock=self._now, notifier=self.notifier)

    def _now(self) -> Any:
        return world.NOON + timedelta(seconds=self.seconds)

    async def passes(self, count: int = 1) -> float | None:
        """Run passes, and let deliveries end in between."""
        delay = None
        for _ in range(count):
            delay = await self.reconciler.reconcile("default", "digits")
            for _ in range(5):
                await asyncio.sleep(0)
        return delay

    @property
    def titles(self) -> list[str]:
        return [title for title, _, _ in self.service.sent]

    def notified(self) -> tuple[str, str]:
        assert self.cluster.held.status is not None
        condition = self.cluster.held.status.condition("Notified")
        assert condition is not None
        return condition.status, condition.reason


async def test_the_end_is_written_first_and_then_told_once() -> None:
    story = Story()
    assert await story.passes() == SETTINGS.settle_seconds
    assert (story.titles, story.notified()) == ([], ("Unknown", "Pending"))
    await story.passes(2)
    assert (len(story.titles), story.notified()) == (1, ("True", "Delivered"))
    story.cluster.log.clear()
    assert await story.passes(3) == SETTINGS.resync_seconds
    assert (len(story.titles), story.cluster.log) == (1, [])


async def test_a_restart_sends_nothing_again() -> None:
    story = Story()
    await story.passes(3)
    story.start()
    await story.passes(3)
    assert len(story.titles) == 1


async def test_a_restart_repeats_what_was_not_written_yet() -> None:
    story = Story()
    await story.passes(2)
    story.start()
    await story.passes(2)
    assert (len(story.titles), story.notified()) == (2, ("True", "Delivered"))


async def test_a_failing_service_is_retried_with_pauses_and_told_as_a_warning() -> None:
    story = Story(MemoryService([DeliveryResult.REFUSED] * 2, code=500))
    delay = await story.passes(3)
    assert (delay, story.notified()) == (10, ("False", "Retrying"))
    assert "event Retrying" in story.cluster.log
    await story.passes(3)
    assert len(story.titles) == 1
    story.seconds += 10
    assert await story.passes(2) == 60
    story.seconds += 60
    await story.passes(2)
    assert (len(story.titles), story.notified()) == (3, ("True", "Delivered"))


async def test_an_ended_sweep_with_a_pending_notification_reads_no_database() -> None:
    story = Story(MemoryService([DeliveryResult.REFUSED]))
    await story.passes()
    looks = len(story.studies.looked)
    await story.passes(4)
    assert len(story.studies.looked) == looks
    assert story.notified() == ("False", "Retrying")


async def test_a_target_that_is_added_after_the_end_hears_of_it() -> None:
    story = Story()
    await story.passes(3)
    mail = NotifySpec(SecretKey("mail", "url"), ("Ended",))
    held = story.cluster.held
    story.cluster.held = replace(held, generation=2, spec=replace(held.spec, notify=(*held.spec.notify, mail)))
    await story.passes(3)
    assert len(story.titles) == 2


async def test_a_gate_that_stays_closed_is_told_after_a_minute() -> None:
    story = Story()
    story.cluster.jobs, story.cluster.secret, story.studies.study = (), None, None
    assert await story.passes() == SETTINGS.retry_seconds
    story.seconds += 60
    await story.passes(3)
    assert story.titles == [], "its own Secret is missing as well"
    assert story.notified() == ("False", "Retrying")
    story.cluster.secret = "postgresql://u:p@h/d"
    story.seconds += 10
    await story.passes(2)
    assert story.titles == ["HPOSweep default/digits cannot start: SecretNotFound"]


async def test_a_deleted_sweep_is_told_of_no_more() -> None:
    story = Story()
    await story.passes(2)
    story.cluster.held = replace(story.cluster.held, is_deleting=True)
    await story.passes()
    assert story.notifier.deliveries(("default", "digits")) == ()


async def test_a_local_run_ignores_targets() -> None:
    story = Story()
    story.reconciler = made(story.cluster, story.studies)
    await story.passes(3)
    assert story.cluster.held.status is not None
    assert (story.titles, story.cluster.held.status.notifications) == ([], ())
