"""One trial in its own process, from the worker's side: answer its calls, flush its writes, check its timers.

`worker` calls it for each trial. The trial ends by itself, by a timeout, or without a result when it must be requeued.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from hpotrial.failures.classify import TrialOutcome, classify, describe_death
from hpotrial.lifecycle.control import Control, poll_control
from hpotrial.lifecycle.ownership import OwnedTrial, record_image
from hpotrial.lifecycle.trial_server import answer
from hpotrial.process.supervisor import TrialProcess
from hpotrial.protocol.messages import Call, CallbacksCalled, Message, ProcessDied, Task, TimedOut, TrialEnd
from hpotrial.signals import Interrupt
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.retry import StorageLostError
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError

CONTROL_SECONDS = 2.5  # between two polls of the control block and of the trial's state
IDLE_SECONDS = 0.01  # flush parameters once the trial has been idle this long, because it has finished suggesting
GRACE_SECONDS = 2.0  # between SIGTERM and SIGKILL for a trial that the worker ends
REQUEUE_SECONDS = 12.0  # of the pod's grace period, kept for requeueing the trial
CALLBACK_SECONDS = 300.0  # for all callbacks of one trial, uploads included; the next trial waits for them
NEVER = float("inf")


class Timer(Enum):
    """The checks of a running trial that wait for a point in time."""

    CONTROL = auto()  # poll the control block and the trial's state
    TIMEOUT = auto()  # fail the trial
    REQUEUE = auto()  # requeue the trial, because its worker must exit; set once there was a signal


@dataclass(slots=True)
class Timers:
    """When each check is due, on the monotonic clock. A timer that is not set is never due."""

    started: float
    _at: dict[Timer, float] = field(default_factory=dict)

    def set(self, timer: Timer, at: float) -> None:
        self._at[timer] = at

    def is_set(self, timer: Timer) -> bool:
        return timer in self._at

    def is_due(self, timer: Timer, now: float) -> bool:
        return now >= self._at.get(timer, NEVER)

    def next_due(self) -> float:
        return min(self._at.values(), default=NEVER)


@dataclass(slots=True)
class IsolatedTrial:
    """A running trial and its collaborators. `expected_seconds` is the median of this worker's recent trials."""

    study: StudyHandle
    sweep_uid: str
    trial: OwnedTrial
    task: Task
    start: Callable[[Task], TrialProcess]
    control: Control
    interrupt: Interrupt
    grace_seconds: float
    when_quiet: Callable[[], None]
    expected_seconds: float | None = None
    clock: Callable[[], float] = time.monotonic
    when_polled: Callable[[], None] = lambda: None
    process: TrialProcess = field(init=False)

    def __post_init__(self) -> None:
        self.process = self.start(self.task)

    def until_end(self) -> TrialEnd | None:
        """Serve the trial until it ends. None when it must be requeued.

        Raises OwnershipLostError, FencedError, StorageLostError.
        """
        timers = Timers(started=self.clock())
        timers.set(Timer.CONTROL, timers.started + CONTROL_SECONDS)
        self._set_timeout(timers)
        while True:
            match self._receive(timers):
                case Call() as call:
                    self.process.reply(answer(self.trial.optuna_trial, call))
                case CallbacksCalled():
                    pass  # none is called before the end
                case None:
                    self._flush()
                    if not self.interrupt.is_requested:
                        self.when_quiet()
                case end:
                    return end
            # In this order: a trial whose time is up fails, even when its worker must exit in the same moment.
            if timers.is_due(Timer.TIMEOUT, self.clock()):
                self.process.end(GRACE_SECONDS)
                return TimedOut(self.control.block.timeout_seconds or 0.0)
            self._check_control(timers)
            self._check_interrupt(timers)
            if self.control.block.is_terminating or timers.is_due(Timer.REQUEUE, self.clock()):
                return None

    def judge(self, end: TrialEnd) -> TrialOutcome:
        """Classify the trial's end with the help of its output."""
        directions = self.study.optuna_study.directions
        return classify(end, directions, tail=self.process.tail(), is_oom_killed=self.process.is_oom_killed())

    def call_callbacks(self, end: TrialEnd) -> tuple[str, ...]:
        """Have the callbacks called, once the trial's end is in the study; return a sentence for each that failed.

        They run in the trial's process, or in a fresh one when that has died or was killed.
        """
        if not self.task.callbacks:
            return ()
        if isinstance(end, ProcessDied | TimedOut):
            self.process.end(grace_seconds=0)
            self.process = self.start(replace(self.task, has_ended=True))
        self.process.record_end()
        deadline = self.clock() + CALLBACK_SECONDS
        wakeup: int | None = self.interrupt.fileno()
        while (seconds := deadline - self.clock()) > 0:
            match self.process.receive(seconds, wakeup=wakeup):
                case Call() as call:
                    self.process.reply(answer(self.trial.optuna_trial, call))
                case CallbacksCalled(errors):
                    return errors
                case ProcessDied(exit_code):
                    return (f"callbacks: {describe_death(exit_code)}",)
            if wakeup is not None and self.interrupt.is_requested:
                wakeup = None
                deadline = min(deadline, self.clock() + max(0.0, self.grace_seconds - REQUEUE_SECONDS))
        reason = "because this worker must exit" if wakeup is None else f"after {CALLBACK_SECONDS:.0f} s"
        return (f"callbacks: ended, {reason}",)

    def leave(self) -> bool:
        """Wait for the process to exit. False when a process of the trial cannot be killed."""
        return self.process.leave()

    def end(self, grace_seconds: float) -> None:
        """Kill the process and all that it started."""
        self.process.end(grace_seconds)

    def _receive(self, timers: Timers) -> Message | None:
        """Wait for the trial's next message; None when a timer is due, the trial is idle, or a signal arrives."""
        due = timers.next_due()
        if self._may_flush():
            due = min(due, self.clock() + IDLE_SECONDS)
        wakeup = None if timers.is_set(Timer.REQUEUE) else self.interrupt.fileno()
        return self.process.receive(max(0.0, due - self.clock()), wakeup=wakeup)

    def _may_flush(self) -> bool:
        return self.study.storage.has_pending_writes and not self.study.connection.is_down

    def _flush(self) -> None:
        if self._may_flush():
            with suppress(ConnectionLostError):
                self.study.storage.flush()

    def _check_control(self, timers: Timers) -> None:
        """Poll the control block and the trial's state when that is due."""
        if not timers.is_due(Timer.CONTROL, self.clock()):
            return
        try:
            self.control, is_running = poll_control(self.study, self.sweep_uid, self.trial.id)
        except ConnectionLostError as error:
            if self.study.retry_policy.is_exhausted(self.study.connection):
                raise StorageLostError(f"the database did not answer: {error}") from error
        else:
            if not is_running:
                raise OwnershipLostError(
                    f"trial {self.trial.number} was ended outside this worker; its process is killed"
                )
            record_image(self.study, self.trial, self.control.images)
            self.when_polled()
            self._set_timeout(timers)
        timers.set(Timer.CONTROL, self.clock() + CONTROL_SECONDS)

    def _set_timeout(self, timers: Timers) -> None:
        """Follow the control block, which may change while the trial runs."""
        seconds = self.control.block.timeout_seconds
        timers.set(Timer.TIMEOUT, timers.started + seconds if seconds is not None else NEVER)

    def _check_interrupt(self, timers: Timers) -> None:
        """After SIGTERM: requeue at once, unless the trial will probably end within the grace period."""
        if not self.interrupt.is_requested or timers.is_set(Timer.REQUEUE):
            return
        now = self.clock()
        latest = now + self.grace_seconds - REQUEUE_SECONDS
        is_nearly_done = self.expected_seconds is not None and timers.started + self.expected_seconds <= latest
        timers.set(Timer.REQUEUE, latest if is_nearly_done else now)
