"""One trial in its own process, from the worker's side: answer its questions, tell what it says, watch the clock.

`worker` calls it for each trial. It ends with the trial's own end, with one that was made for it (a timeout), or
without any, when the trial has to be handed back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from hpotrial.failures.classify import TrialOutcome, classify
from hpotrial.lifecycle.control import Control, poll_control
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.lifecycle.trial_server import answer
from hpotrial.process.supervisor import TrialProcess
from hpotrial.protocol.messages import Call, TimedOut, TrialEnd
from hpotrial.signals import Interrupt
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.retry import StorageLostError
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError

CONTROL_SECONDS = 2.5  # how often a running trial looks for Terminate, and whether it is still ours
QUIET_SECONDS = 0.01  # a trial that says nothing for so long has begun to work: now others may know its parameters
GRACE_SECONDS = 2.0  # between SIGTERM and SIGKILL for a trial that is ended from here
HAND_BACK_SECONDS = 12.0  # of the pod's grace period, kept for handing the trial back


@dataclass(slots=True)
class IsolatedTrial:
    """`expected_seconds` is what trials of this study usually take, as far as this worker knows."""

    opened: StudyHandle
    sweep_uid: str
    owned: OwnedTrial
    process: TrialProcess
    control: Control
    interrupt: Interrupt
    grace_seconds: float
    when_quiet: Callable[[], None]
    expected_seconds: float | None = None
    clock: Callable[[], float] = time.monotonic

    def until_end(self) -> TrialEnd | None:
        """None when the trial must be handed back. Raises OwnershipLostError, FencedError, StorageLostError."""
        started = self.clock()
        look_at = started + CONTROL_SECONDS
        leave_at: float | None = None
        while True:
            until = min(look_at, leave_at or look_at, self._deadline(started))
            if self.opened.storage.has_news and not self.opened.link.is_away:
                until = min(until, self.clock() + QUIET_SECONDS)
            wakeup = self.interrupt.fileno() if leave_at is None else None
            message = self.process.receive(max(0.0, until - self.clock()), wakeup=wakeup)
            if isinstance(message, Call):
                self.process.reply(answer(self.opened, self.owned, message))
            elif message is not None:
                return message
            else:
                self._tell()
                if not self.interrupt.requested:
                    self.when_quiet()
            now = self.clock()
            if now >= self._deadline(started):
                self.process.end(GRACE_SECONDS)
                return TimedOut(self.control.block.timeout_seconds or 0.0)
            if now >= look_at:
                self._look()
                look_at = self.clock() + CONTROL_SECONDS
            if self.interrupt.requested and leave_at is None:
                leave_at = self._leave_at(started, now)
            if self.control.block.is_terminating or (leave_at is not None and now >= leave_at):
                return None

    def judge(self, end: TrialEnd) -> TrialOutcome:
        directions = self.opened.study.directions
        return classify(end, directions, tail=self.process.tail(), is_oom_killed=self.process.is_oom_killed())

    def leave(self) -> bool:
        """After its last word. False when something of it cannot be ended."""
        return self.process.leave()

    def end(self, grace_seconds: float) -> None:
        self.process.end(grace_seconds)

    def _tell(self) -> None:
        if self.opened.storage.has_news and not self.opened.link.is_away:
            with suppress(ConnectionLostError):
                self.opened.storage.flush()

    def _look(self) -> None:
        try:
            self.control, is_running = poll_control(self.opened, self.sweep_uid, self.owned.id)
        except ConnectionLostError as error:
            if self.opened.patience.is_over(self.opened.link):
                raise StorageLostError(f"the database did not answer: {error}") from error
            return
        if not is_running:
            raise OwnershipLostError(f"trial {self.owned.number} was ended by somebody else; its process is ended too")

    def _deadline(self, started: float) -> float:
        limit = self.control.block.timeout_seconds
        return started + limit if limit is not None else float("inf")

    def _leave_at(self, started: float, now: float) -> float:
        """At once, unless the trial will probably end by itself within the grace period."""
        last = now + self.grace_seconds - HAND_BACK_SECONDS
        is_nearly_done = self.expected_seconds is not None and started + self.expected_seconds <= last
        return last if is_nearly_done else now
