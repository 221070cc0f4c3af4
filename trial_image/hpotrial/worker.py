"""The worker's loop: ask (which brings wishes and budget along), run, tell. Read it from top to bottom.

It is called by `start` with everything that it needs; database, signals and log are arguments.
"""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hpotrial import breaker, contract
from hpotrial.attending import GRACE_SECONDS, Attending
from hpotrial.breaker import Breaker
from hpotrial.budget import Asking
from hpotrial.control import Control, read_control
from hpotrial.failure import Verdict, judge
from hpotrial.interrupt import Interrupt
from hpotrial.messages import Task
from hpotrial.ownership import OwnedTrial, hand_back
from hpotrial.storage import NotOursError
from hpotrial.study import OpenStudy
from hpotrial.telling import tell
from hpotrial.trial_process import TrialProcess
from hpotrial.work import Identity

REMEMBERED_TRIALS = 5


@dataclass(frozen=True, slots=True)
class Worker:
    """One pod's loop over many trials."""

    opened: OpenStudy
    identity: Identity
    sweep_uid: str
    task: Task
    objectives: tuple[str, ...]
    interrupt: Interrupt
    log: Callable[[str], None]
    image: str = ""
    grace_seconds: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _seconds: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED_TRIALS))

    def run(self) -> int:
        asking = Asking(self.opened, self.sweep_uid, self.identity, self.image)
        watched = Breaker(self.opened)
        while not self.interrupt.requested:
            control, owned = asking.ask()
            if owned is None:
                self.log(_why_no_more(control))
                return contract.EXIT_DONE
            verdict = self._run_trial(owned, control)
            if verdict is not None and watched.saw(owned, verdict, control.breaker_from):
                self.log(f"trial {owned.number} opened the breaker")
            if self.opened.study.is_stopped:
                self._say_stopped()
                return contract.EXIT_DONE
        # With a stop, nobody needs to continue here. Without one, this pod's successor does.
        return contract.EXIT_DONE if self._control().is_stopping else contract.EXIT_INTERRUPTED

    def _run_trial(self, owned: OwnedTrial, control: Control) -> Verdict | None:
        """None when it came to no end of its own."""
        started = self.clock()
        self.log(f"trial {owned.number} starts" + (f" (attempt {owned.attempt})" if owned.attempt else ""))
        process = TrialProcess(Task(self.task.reference, self.task.source_path, owned.number))
        try:
            attending = Attending(
                self.opened,
                self.sweep_uid,
                owned,
                process,
                control,
                self.interrupt,
                self.grace_seconds,
                statistics.median(self._seconds) if self._seconds else None,
                self.clock,
            )
            end = attending.until_end()
            if end is None:
                process.end(GRACE_SECONDS)
                self._give_up(owned)
                return None
            verdict = judge(end, self.opened.study.directions)
            verdict = tell(self.opened, owned, verdict, self.identity)  # while the process leaves
            seconds = self.clock() - started
            self.log(f"trial {owned.number} {self._outcome(verdict)} in {_shown(seconds)}")
            self._seconds.append(seconds)
            process.leave()
            return verdict
        except NotOursError as error:
            self.log(str(error))
            self._control()  # raises when not only this trial, but the study is not ours any more
            return None
        finally:
            process.end(grace_seconds=0)

    def _give_up(self, owned: OwnedTrial) -> None:
        """Uncharged; and somebody tries it again, unless the sweep ends."""
        control = self._control()
        failure_class = contract.TERMINATED if control.is_terminating else contract.PREEMPTED
        if hand_back(self.opened, owned, failure_class, again=not control.is_stopping):
            what_next = "the sweep ends" if control.is_stopping else "queued again"
            self.log(f"trial {owned.number} {failure_class}; {what_next}")
        else:
            self.log(f"trial {owned.number} was ended by somebody else")

    def _say_stopped(self) -> None:
        self.opened.storage.set_study_user_attr(self.opened.id, contract.STOPPED, True)
        self.opened.patience.attempt(self.opened.link, self.opened.storage.flush)
        self.log("the sampler or the objective stopped the study; no more trials")

    def _control(self) -> Control:
        return read_control(self.opened, self.sweep_uid)

    def _outcome(self, verdict: Verdict) -> str:
        if verdict.values is None:
            reason = f" {verdict.failure_class}: {verdict.error.partition(chr(10))[0]}" if verdict.failure_class else ""
            return f"{verdict.state.name}{reason}"
        names = self.objectives if len(self.objectives) == len(verdict.values) else ("value",) * len(verdict.values)
        pairs = (f"{name}={value:.6g}" for name, value in zip(names, verdict.values, strict=True))
        return f"{verdict.state.name} {' '.join(pairs)}"


def _why_no_more(control: Control) -> str:
    if control.is_stopping:
        return f"stop: {control.stop}; no more trials"
    if control.broken is not None:
        return breaker.sentence(control.broken)
    return f"budget spent: {control.max_trials} trials"


def _shown(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 100 else f"{seconds:.2g} s" if seconds < 1 else f"{seconds:.1f} s"
