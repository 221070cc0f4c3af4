"""Passes over one sweep until it has ended, or until nothing can come of it. The operator's daemon has the same loop.

Made and awaited by `command`, which also ends what it started.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hposweep.api import conditions
from hposweep.api.spec import STOP_DRAIN, STOP_NONE, STOP_TERMINATE
from hposweep.api.status import Status
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.run.screen import Screen
from hposweep.cluster.local.cluster import LocalCluster
from hposweep.reconcile import Reconciler
from hposweep.settings import Settings
from hposweep.wakeups import Wakeups, wait

# So many passes in a row may fail for want of a source; a second each, and each told once.
TRIES = 20
# Passes with `spec.suspend`, by which a user takes note of it: one to act on, one to see that it is done.
PASSES_TO_TAKE_NOTE = 2


class AbandonedError(Exception):
    """Whoever waits has asked a third time, and waits no longer."""


@dataclass
class Loop:
    """One sweep's."""

    cluster: LocalCluster
    reconciler: Reconciler
    wakeups: Wakeups
    settings: Settings
    screen: Screen
    storage_source: str  # in words, for whoever gave it
    requests: int = 0  # to stop
    is_abandoned: bool = False
    failures: int = 0

    async def run(self) -> Status:
        """The last status. Raises RefusedInputError when the sweep cannot start, AbandonedError when told to."""
        key = (self.cluster.held.namespace, self.cluster.held.name)
        await self._take_note()
        with self.wakeups.subscription(key) as event:
            while True:
                event.clear()
                delay = await self._pass()
                self._raise_if_abandoned()
                status = self.cluster.held.status
                # A pass that asks for another at once, or that failed, has reported nothing: the status is an old one.
                if delay and status is not None and self._is_over(status):
                    return status
                if delay != 0:
                    await wait(event, delay or self.settings.retry_seconds)
                    await asyncio.sleep(self.settings.debounce_seconds)

    def drain_or_terminate(self) -> None:
        """Ctrl-C: once, twice, three times."""
        self.requests += 1
        if self.requests == 1 and self.cluster.held.spec.stop == STOP_NONE:
            self.screen.say("stopping: running trials finish, no other starts; Ctrl-C again ends them now")
            self.cluster.change(stop=STOP_DRAIN)
        elif self.requests <= 2:
            self.terminate()
        else:
            self.is_abandoned = True
            self.cluster.wake()

    def terminate(self) -> None:
        self.screen.say("stopping: running trials are ended")
        self.cluster.change(stop=STOP_TERMINATE)

    async def _pass(self) -> float | None:
        """None when a source did not answer. A bug is no such thing, nor is a silence that lasts: they end the run."""
        held = self.cluster.held
        try:
            delay = await self.reconciler.reconcile(held.namespace, held.name)
        except (OSError, TimeoutError) as error:
            self.failures += 1
            if self.failures >= TRIES:
                raise
            if self.failures == 1:
                self.screen.say(f"{error}; trying again")
            return None
        self.failures = 0
        return delay

    async def _take_note(self) -> None:
        """A run that is started again has taken note of why the last one stopped."""
        before = self.cluster.held.status
        if before is None or not _is_stuck(before):
            return
        self.cluster.change(suspend=True)
        for _ in range(PASSES_TO_TAKE_NOTE):
            await self._pass()
        self.cluster.change(suspend=False)

    def _is_over(self, status: Status) -> bool:
        if not status.has_ended:
            self._raise_if_it_cannot_start(status)
        # The status of the spec as it is now, and not of the one before a stop.
        is_current = status.observed_generation == self.cluster.held.generation
        return is_current and not self.cluster.live_pods and (status.has_ended or _is_stuck(status))

    def _raise_if_it_cannot_start(self, status: Status) -> None:
        """On a cluster somebody mends a Secret or a ConfigMap while the sweep waits; here it is the one who waits."""
        if self.cluster.has_started_search:
            return
        for kind in (conditions.ACCEPTED, conditions.STORAGE_READY):
            held = status.condition(kind)
            if held is not None and held.status == conditions.FALSE:
                secret = self.cluster.held.spec.study.storage.secret_ref
                theirs = f"the database of Secret `{secret.name}` (key `{secret.key}`)"
                raise RefusedInputError(held.message.replace(theirs, f"the database of {self.storage_source}"))

    def _raise_if_abandoned(self) -> None:
        if self.is_abandoned:
            raise AbandonedError


def _is_stuck(status: Status) -> bool:
    """The first trials all failed alike: nobody is asked to run more, and nobody is here to mend it."""
    held = status.condition(conditions.HEALTHY)
    return held is not None and held.reason == conditions.FAILING_IMMEDIATELY
