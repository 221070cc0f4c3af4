"""Reconcile one sweep until it has ended or cannot make progress. The operator's daemon has the same loop.

Created and awaited by `command`, which also ends the workers.
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

# Passes in a row that may fail because a source does not answer; about a second each, reported once.
MAX_FAILED_PASSES = 20
# Passes with `spec.suspend` that acknowledge an open circuit breaker: one acts, one observes the result.
PASSES_TO_ACKNOWLEDGE = 2


class AbandonedError(Exception):
    """The user pressed Ctrl-C a third time and does not want to wait."""


@dataclass
class Loop:
    """The reconcile loop of one sweep."""

    cluster: LocalCluster
    reconciler: Reconciler
    wakeups: Wakeups
    settings: Settings
    screen: Screen
    stop_requests: int = 0
    is_abandoned: bool = False
    may_approve: bool = False  # a person is there, or has approved beforehand
    refusal: str = ""  # why the run ends before its first worker
    failures: int = 0

    async def run(self) -> Status:
        """Return the last status. Raises RefusedInputError when the sweep cannot start, AbandonedError after Ctrl-C."""
        key = (self.cluster.held.namespace, self.cluster.held.name)
        await self._acknowledge_breaker()
        with self.wakeups.subscription(key) as event:
            while True:
                event.clear()
                had_workers = bool(self.cluster.live_pods)
                delay = await self.pass_once()
                self._raise_if_abandoned()
                status = self.cluster.held.status
                # A pass that asks for another at once, or that failed, has reported nothing: the status is an old one.
                if delay and status is not None and self._is_over(status, had_workers):
                    return status
                if delay != 0:
                    await wait(event, delay or self.settings.retry_seconds)
                    await asyncio.sleep(self.settings.debounce_seconds)

    def drain_or_terminate(self) -> None:
        """Handle Ctrl-C: the first drains, the second terminates, the third abandons the run."""
        self.stop_requests += 1
        if self.stop_requests == 1 and self.cluster.held.spec.stop == STOP_NONE:
            self.screen.say("stopping: running trials finish, no new ones start; press Ctrl-C again to end them now")
            self.cluster.change(stop=STOP_DRAIN)
        elif self.stop_requests <= 2:
            self.terminate()
        else:
            self.is_abandoned = True
            self.cluster.wake()

    def refuse(self, reason: str) -> None:
        """End the run as refused: a person does not approve it."""
        self.refusal = reason
        self.cluster.wake()

    def terminate(self, reason: str = "") -> None:
        self.screen.say(f"{reason}stopping: ending the running trials")
        self.cluster.change(stop=STOP_TERMINATE)

    async def pass_once(self) -> float | None:
        """Return the seconds until the next pass, or None after a failed one. Repeated failures end the run."""
        sweep = self.cluster.held
        try:
            delay = await self.reconciler.reconcile(sweep.namespace, sweep.name)
        except (OSError, TimeoutError) as error:
            self.failures += 1
            if self.failures >= MAX_FAILED_PASSES:
                raise
            if self.failures == 1:
                self.screen.say(f"{error}; retrying")
            return None
        self.failures = 0
        return delay

    async def _acknowledge_breaker(self) -> None:
        """Close the circuit breaker of an earlier run: starting the command again acknowledges it."""
        before = self.cluster.held.status
        if before is None or not (_is_stuck(before) or _has_no_result(before)):
            return
        self.cluster.change(suspend=True)
        for _ in range(PASSES_TO_ACKNOWLEDGE):
            await self.pass_once()
        self.cluster.change(suspend=False)

    def _is_over(self, status: Status, had_workers: bool) -> bool:
        """`had_workers`: some ran when the pass began, so that it may not have observed their last trials."""
        if not status.has_ended or _is_refused(status):
            self._raise_if_it_cannot_start(status)
        # The status must be that of the current spec, not of the one before a stop.
        is_current = status.observed_generation == self.cluster.held.generation
        return (
            is_current
            and not self.cluster.live_pods
            and ((status.has_ended and not status.has_open_champions) or (_is_stuck(status) and not had_workers))
        )

    def _raise_if_it_cannot_start(self, status: Status) -> None:
        """Raise when a gate is closed. A sweep on a cluster waits for a fixed Secret; a local run does not."""
        if self.cluster.has_started_search:
            return
        gates = (conditions.ACCEPTED, conditions.STORAGE_READY, conditions.PREFLIGHT_PASSED, conditions.BASELINE_PASSED)
        for kind in gates:
            gate = status.condition(kind)
            if gate is not None and gate.status == conditions.FALSE:
                raise RefusedInputError(self.cluster.localized(gate.message))
        approved = status.condition(conditions.APPROVED)
        if approved is not None and approved.status == conditions.FALSE and not self.may_approve:
            cause = approved.message.partition("\n")[0]
            raise RefusedInputError(f'{cause}. There is no terminal to ask at: run it with --approve "REASON"')

    def _raise_if_abandoned(self) -> None:
        if self.refusal:
            raise RefusedInputError(self.refusal)
        if self.is_abandoned:
            raise AbandonedError


def _is_stuck(status: Status) -> bool:
    """Whether a circuit breaker is open, because the first trials all failed the same way, or the champions wait."""
    sweep = status.condition(conditions.HEALTHY)
    return status.has_stuck_champions or (sweep is not None and sweep.reason == conditions.FAILING_IMMEDIATELY)


def _is_refused(status: Status) -> bool:
    """Whether the spec is invalid, which ends a sweep. A local run prints the error instead of a verdict."""
    failed = status.condition(conditions.FAILED)
    return failed is not None and failed.is_true and failed.reason == conditions.INVALID_SPEC


def _has_no_result(status: Status) -> bool:
    """Whether no trial completed, so that the circuit breaker may be open although the budget is spent."""
    healthy = status.condition(conditions.HEALTHY)
    return healthy is not None and healthy.reason == conditions.NO_TRIAL_COMPLETED
