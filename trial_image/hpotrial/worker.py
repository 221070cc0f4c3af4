"""The worker's loop: ask (which brings wishes and budget along), run, tell. Read it from top to bottom.

It is called by `start` with everything that it needs; database, signals and log are arguments.
"""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.failures.classify import TrialOutcome
from hpotrial.inline_trial import InlineTrial
from hpotrial.isolated_trial import GRACE_SECONDS, IsolatedTrial
from hpotrial.lifecycle import circuit_breaker, retention
from hpotrial.lifecycle.circuit_breaker import CircuitBreaker
from hpotrial.lifecycle.claim import TrialClaimer
from hpotrial.lifecycle.control import Control, read_control
from hpotrial.lifecycle.ownership import OwnedTrial, requeue_trial, was_reaped
from hpotrial.lifecycle.tell import tell
from hpotrial.process.gpu import GpuMemoryBaseline
from hpotrial.process.output import Output
from hpotrial.process.standby import Standby
from hpotrial.protocol.config import WorkerConfig
from hpotrial.protocol.messages import Task
from hpotrial.signals import Interrupt
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError

REMEMBERED_TRIALS = 5


class CleanupError(Exception):
    """Something of a trial cannot be ended, and may hold memory that the next one needs."""


class ReapedError(Exception):
    """The operator takes this worker for gone, as one on a node that the cluster has lost."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One pod's loop over many trials. `objective` is given when trials run in this very process."""

    opened: StudyHandle
    identity: WorkerIdentity
    sweep_uid: str
    config: WorkerConfig
    output: Output
    interrupt: Interrupt
    log: Callable[[str], None]
    floor: GpuMemoryBaseline
    objective: Callable[[Any], Any] | None = None
    image: str = ""
    grace_seconds: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _spare: Standby = field(init=False)
    _seconds: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED_TRIALS))

    def __post_init__(self) -> None:
        object.__setattr__(self, "_spare", Standby(self.output))

    def run(self) -> int:
        """The exit code. Raises FencedError, ReapedError, StorageLostError, ProtocolMismatchError, CleanupError."""
        try:
            return self._run()
        finally:
            self._spare.end()

    def _run(self) -> int:
        asking = TrialClaimer(self.opened, self.sweep_uid, self.identity, self.image)
        watched = CircuitBreaker(self.opened)
        while not self.interrupt.requested:
            control, owned = asking.ask()
            if owned is None:
                self.log(_why_no_more(control))
                return protocol.EXIT_DONE
            verdict = self._run_trial(owned, control)
            if verdict is not None and watched.saw(owned, verdict, control.block.breaker_from):
                self.log(f"trial {owned.number} opened the breaker")
            if self.opened.study.is_stopped:
                self._say_stopped()
                return protocol.EXIT_DONE
        # With a stop, nobody needs to continue here. Without one, this pod's successor does.
        return protocol.EXIT_DONE if self._control().block.is_stopping else protocol.EXIT_INTERRUPTED

    def _run_trial(self, owned: OwnedTrial, control: Control) -> TrialOutcome | None:
        """None when it came to no end of its own."""
        started = self.clock()
        self.log(f"trial {owned.number} starts" + (f" (attempt {owned.attempt})" if owned.attempt else ""))
        self.floor.before()
        run = self._started(owned, control)
        try:
            end = run.until_end()
            if end is None:
                run.end(GRACE_SECONDS)
                self._give_up(owned)
                return None
            verdict = tell(self.opened, owned, run.judge(end), self.identity)  # while the process leaves
            seconds = self.clock() - started
            self._seconds.append(seconds)
            self.log(f"trial {owned.number} {self._outcome(verdict)} in {_shown(seconds)}")
            self._check_remains(owned, run.leave())
            retention.apply_retention(self.opened, self.config.checkpoints, owned)
            return verdict
        except OwnershipLostError as error:
            self.log(str(error))
            self._control()  # raises when not only this trial, but the study is not ours any more
            if was_reaped(self.opened, owned):
                # Whatever it asked for would be given up as well, and tried again, and asked for by it again.
                raise ReapedError(f"this worker was given up with trial {owned.number}; another goes on") from error
            return None
        finally:
            run.end(grace_seconds=0)

    def _check_remains(self, owned: OwnedTrial, is_gone: bool) -> None:
        if not is_gone:
            raise CleanupError(f"something of trial {owned.number} cannot be ended; another worker shall go on")
        missing_bytes = self.floor.missing_bytes()
        if missing_bytes:
            held = f"{missing_bytes / 2**20:.0f} MiB of GPU memory did not come back after trial {owned.number}"
            raise CleanupError(f"{held}; another worker shall go on")

    def _started(self, owned: OwnedTrial, control: Control) -> IsolatedTrial | InlineTrial:
        if self.objective is not None:
            return InlineTrial(self.opened, owned, self.objective)
        return IsolatedTrial(
            self.opened,
            self.sweep_uid,
            owned,
            self._spare.take(Task(self.config.objective, self.config.source_path, owned.number)),
            control,
            self.interrupt,
            self.grace_seconds,
            self._spare.prepare,
            statistics.median(self._seconds) if self._seconds else None,
            self.clock,
        )

    def _give_up(self, owned: OwnedTrial) -> None:
        """Uncharged; and somebody tries it again, unless the sweep ends."""
        control = self._control().block
        failure_class = protocol.TERMINATED if control.is_terminating else protocol.PREEMPTED
        if requeue_trial(self.opened, owned, failure_class, again=not control.is_stopping):
            what_next = "the sweep ends" if control.is_stopping else "queued again"
            self.log(f"trial {owned.number} {failure_class}; {what_next}")
        else:
            self.log(f"trial {owned.number} was ended by somebody else")

    def _say_stopped(self) -> None:
        self.opened.storage.set_study_user_attr(self.opened.id, protocol.STOPPED, True)
        self.opened.patience.attempt(self.opened.link, self.opened.storage.flush)
        self.log("the sampler or the objective stopped the study; no more trials")

    def _control(self) -> Control:
        return read_control(self.opened, self.sweep_uid)

    def _outcome(self, verdict: TrialOutcome) -> str:
        if verdict.values is None:
            reason = f" {verdict.failure_class}: {verdict.error.partition(chr(10))[0]}" if verdict.failure_class else ""
            return f"{verdict.state.name}{reason}"
        names = self.config.objective_names
        if len(names) != len(verdict.values):
            names = ("value",) * len(verdict.values)
        pairs = (f"{name}={value:.6g}" for name, value in zip(names, verdict.values, strict=True))
        return f"{verdict.state.name} {' '.join(pairs)}"


def _why_no_more(control: Control) -> str:
    if control.block.is_stopping:
        return f"stop: {control.block.stop}; no more trials"
    if control.breaker is not None:
        return circuit_breaker.sentence(control.breaker)
    return f"budget spent: {control.block.max_trials} trials"


def _shown(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 100 else f"{seconds:.2g} s" if seconds < 1 else f"{seconds:.1f} s"
