"""The worker's loop: control, budget, ask, run in a fresh process, tell. Read it from top to bottom.

It is called by `__main__` with everything that it needs; database, signals and log are arguments.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from hpotrial import budget, contract
from hpotrial.control import Control, read_control
from hpotrial.failure import Verdict, judge
from hpotrial.interrupt import Interrupt
from hpotrial.messages import Call, End, Task
from hpotrial.ownership import OwnedTrial, hand_back
from hpotrial.real_trial import TrialLostError, answer
from hpotrial.storage import FencedError, Storage
from hpotrial.telling import tell
from hpotrial.trial_process import TrialProcess
from hpotrial.work import Identity

CONTROL_SECONDS = 1.5  # how often a running trial looks for Terminate
GRACE_SECONDS = 2.0  # between SIGTERM and SIGKILL for a trial that is handed back


@dataclass(frozen=True, slots=True)
class Worker:
    """One pod's loop over many trials."""

    storage: Storage
    identity: Identity
    sweep_uid: str
    task: Task
    objectives: tuple[str, ...]
    interrupt: Interrupt
    log: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic

    def run(self) -> int:
        while not self.interrupt.requested:
            control = self._control()
            if control.is_stopping:
                self.log(f"stop: {control.stop}; no more trials")
                return contract.EXIT_DONE
            owned = budget.ask(self.storage, control, self.identity)
            if owned is None:
                self.log(f"budget spent: {control.max_trials} trials")
                return contract.EXIT_DONE
            self._run_trial(owned)
            if self.storage.study.is_stopped:
                self.storage.attempt(lambda: self.storage.study.set_user_attr(contract.STOPPED, True))
                self.log("the sampler or the objective stopped the study; no more trials")
                return contract.EXIT_DONE
        # With a stop, nobody needs to continue here. Without one, this pod's successor does.
        return contract.EXIT_DONE if self._control().is_stopping else contract.EXIT_INTERRUPTED

    def _run_trial(self, owned: OwnedTrial) -> None:
        started = self.clock()
        self.log(f"trial {owned.number} starts" + (f" (attempt {owned.attempt})" if owned.attempt else ""))
        process = TrialProcess(Task(self.task.reference, self.task.source_path, owned.number))
        try:
            end = self._attend(process, owned)
            if end is None:
                process.end(GRACE_SECONDS)
                self._give_up(owned)
                return
            verdict = judge(end, self.storage.study.directions)
            tell(self.storage, owned, verdict)  # while the process leaves
            self.log(f"trial {owned.number} {self._outcome(verdict)} in {_shown(self.clock() - started)}")
            process.leave()
        except (TrialLostError, FencedError) as error:
            self.log(str(error))
            self._control()  # raises when not only this trial, but the study is not ours any more
        finally:
            process.end(grace_seconds=0)

    def _attend(self, process: TrialProcess, owned: OwnedTrial) -> End | None:
        """Answer the trial's questions until it ends; None when it must be ended from here."""
        look_again = self.clock() + CONTROL_SECONDS
        while True:
            message = process.receive(max(0.0, look_again - self.clock()), wakeup=self.interrupt.fileno())
            if isinstance(message, Call):
                process.reply(answer(self.storage, owned, message))
            elif message is not None:
                return message
            if self.clock() >= look_again:
                if self._control().is_terminating:
                    return None
                look_again = self.clock() + CONTROL_SECONDS
            if self.interrupt.requested:
                return None

    def _give_up(self, owned: OwnedTrial) -> None:
        """Uncharged; and somebody tries it again, unless the sweep ends."""
        control = self._control()
        failure_class = contract.TERMINATED if control.is_terminating else contract.PREEMPTED
        if hand_back(self.storage, owned, failure_class, again=not control.is_stopping):
            what_next = "the sweep ends" if control.is_stopping else "queued again"
            self.log(f"trial {owned.number} {failure_class}; {what_next}")
        else:
            self.log(f"trial {owned.number} was ended by somebody else")

    def _control(self) -> Control:
        return read_control(self.storage, self.sweep_uid)

    def _outcome(self, verdict: Verdict) -> str:
        if verdict.values is None:
            reason = f" {verdict.failure_class}: {verdict.error.partition(chr(10))[0]}" if verdict.failure_class else ""
            return f"{verdict.state.name}{reason}"
        names = self.objectives if len(self.objectives) == len(verdict.values) else ("value",) * len(verdict.values)
        pairs = (f"{name}={value:.6g}" for name, value in zip(names, verdict.values, strict=True))
        return f"{verdict.state.name} {' '.join(pairs)}"


def _shown(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 100 else f"{seconds:.2g} s" if seconds < 1 else f"{seconds:.1f} s"
