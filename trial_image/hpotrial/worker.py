"""The worker's loop: ask for a trial (the reply carries control and budget), run it, tell the result.

Called by `start` with everything that it needs. Database, signals and log are arguments.
"""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.failures.classify import TrialOutcome
from hpotrial.inline_trial import InlineTrial
from hpotrial.isolated_trial import GRACE_SECONDS, IsolatedTrial
from hpotrial.lifecycle import circuit_breaker, retention, retries
from hpotrial.lifecycle.circuit_breaker import CircuitBreaker
from hpotrial.lifecycle.claim import TrialClaimer
from hpotrial.lifecycle.constraints import record_constraints
from hpotrial.lifecycle.control import Control, read_control
from hpotrial.lifecycle.measurements import Measurements
from hpotrial.lifecycle.ownership import OwnedTrial, requeue_trial, retry_trial, was_reaped
from hpotrial.lifecycle.review import ReviewWait
from hpotrial.lifecycle.tell import tell
from hpotrial.lifecycle.trial_server import facts
from hpotrial.objective.code_version import CodeVersion
from hpotrial.process.disk import DiskWatch
from hpotrial.process.gpu import GpuMemoryBaseline
from hpotrial.process.output import Output
from hpotrial.process.standby import Standby
from hpotrial.protocol.baseline import BaselineMark
from hpotrial.protocol.config import WorkerConfig
from hpotrial.protocol.messages import Task, TrialEnd
from hpotrial.signals import Interrupt
from hpotrial.storage.study import StudyHandle
from hpotrial.storage.study_storage import OwnershipLostError

RECENT_TRIALS = 5  # whose median predicts how long the next one takes
BASELINE_POLL_SECONDS = 1.0
TAKEOVER = "this worker exits so that another can take over"


class CleanupError(Exception):
    """A process of a trial cannot be killed, or GPU memory is not freed: the next trial could run out of memory."""


class ReapedError(Exception):
    """The operator has failed this worker's trial, because it took the worker for lost, as on an unreachable node."""


@dataclass(frozen=True, slots=True)
class Worker:
    """The loop of one pod over many trials. `objective` is set when trials run in the worker's own process."""

    study: StudyHandle
    identity: WorkerIdentity
    sweep_uid: str
    config: WorkerConfig
    output: Output
    interrupt: Interrupt
    log: Callable[[str], None]
    gpu_memory: GpuMemoryBaseline
    objective: Callable[[Any], Any] | None = None
    source: Callable[[], CodeVersion] = CodeVersion
    image: str = ""
    grace_seconds: float = 0.0
    baseline: str | None = None  # key of the only trial to run
    clock: Callable[[], float] = time.monotonic
    _standby: Standby = field(init=False)
    _disk: DiskWatch = field(init=False)
    _seconds: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT_TRIALS))

    def __post_init__(self) -> None:
        object.__setattr__(self, "_standby", Standby(self.output))
        object.__setattr__(self, "_disk", DiskWatch(self.config.disk))

    def run(self) -> int:
        """Run trials until none is left; return the exit code.

        Raises FencedError, ReapedError, StorageLostError, ProtocolMismatchError, CleanupError.
        """
        self._disk.start()
        try:
            return self._run()
        finally:
            self._disk.end()
            self._standby.end()

    def _run(self) -> int:
        claimer = TrialClaimer(self.study, self.sweep_uid, self.identity, self.image, self.source, self.baseline)
        breaker = CircuitBreaker(self.study)
        reviews = ReviewWait(self.study, self.sweep_uid, self.interrupt.wait, self.clock)
        while not self.interrupt.is_requested:
            self._report_disk()
            control, trial = claimer.ask()
            if trial is None and self._has_open_baseline(claimer, control):
                self.interrupt.wait(BASELINE_POLL_SECONDS)
                continue
            if trial is None:
                has_other_work = self.baseline is not None and not control.block.is_stopping and control.breaker is None
                done = f"no baseline trial waits that the budget of {control.block.max_trials} allows"
                self.log(done if has_other_work else _stop_reason(control))
                return protocol.EXIT_DONE
            outcome = self._run_trial(trial, control)
            if outcome is not None and breaker.record_outcome(trial, outcome, control.block.breaker_from):
                self.log(f"trial {trial.number} opened the circuit breaker")
            if outcome is not None and self._is_failed_baseline(trial, outcome):
                self.log("the baseline trial has not completed, so its corners are not tried")
                return protocol.EXIT_DONE
            if outcome is not None:
                reviews.await_review(trial, outcome, control.block.review)
            if self.study.optuna_study.is_stopped:
                self._record_stop()
                return protocol.EXIT_DONE
        # After a stop no worker needs to continue. Otherwise this pod's successor does.
        return protocol.EXIT_DONE if self._read_control().block.is_stopping else protocol.EXIT_INTERRUPTED

    def _has_open_baseline(self, claimer: TrialClaimer, control: Control) -> bool:
        """Return whether the baseline trial may follow: the operator has not yet requeued it after a lost pod.

        False once the budget is spent, because the claim then refuses the trial as any other.
        """
        may_ask = not control.block.is_stopping and control.breaker is None
        return self.baseline is not None and may_ask and claimer.has_open_baseline(control.block.max_trials)

    def _is_failed_baseline(self, trial: OwnedTrial, outcome: TrialOutcome) -> bool:
        """Return whether this was the baseline trial itself, not one of its corners, and has no value."""
        if self.baseline is None or outcome.state == TrialState.COMPLETE:
            return False
        mark = BaselineMark.from_json(self.study.storage.get_trial(trial.id).user_attrs.get(protocol.BASELINE))
        return mark is not None and not mark.corner

    def _run_trial(self, trial: OwnedTrial, control: Control) -> TrialOutcome | None:
        """Run one trial; return its outcome, or None when another worker or the operator decides it."""
        started = self.clock()
        self.log(f"trial {trial.number} starts" + (f" (attempt {trial.attempt})" if trial.attempt else ""))
        self.gpu_memory.record()
        run = self._start_trial(trial, control)
        measurements = self._measure()
        try:
            end = run.until_end()
            if end is None:
                run.end(GRACE_SECONDS)
                self._requeue(trial)
                return None
            outcome = record_constraints(trial, run.judge(end), self.config.constraints)
            if circuit_breaker.is_space_change(end):
                circuit_breaker.open_for_space(self.study, trial, outcome)
                self.log(f"trial {trial.number} {self._describe(outcome)}; not charged")
                return None
            if self._retry(trial, end, outcome, control):
                self._check_cleanup(trial, run.leave())
                return None
            if measurements is not None:
                measurements.record(trial)
            outcome = tell(self.study, trial, outcome, self.identity)  # while the process exits
            seconds = self.clock() - started
            self._seconds.append(seconds)
            self.log(f"trial {trial.number} {self._describe(outcome)} in {_format_seconds(seconds)}")
            for sentence in run.call_callbacks(end):
                self.log(f"trial {trial.number}: {sentence}; its result is kept")
            self._check_cleanup(trial, run.leave())
            retention.apply_retention(self.study, self.config.checkpoints, trial)
            return outcome
        except OwnershipLostError as error:
            self.log(str(error))
            self._read_control()  # raises when this worker has lost the study too
            if was_reaped(self.study, trial):
                # Exit, because the operator would fail each further trial of this worker and requeue it as well.
                raise ReapedError(
                    f"the operator took this worker for lost and failed trial {trial.number}; another worker takes over"
                ) from error
            return None
        finally:
            run.end(grace_seconds=0)
            if measurements is not None:
                measurements.end()

    def _measure(self) -> Measurements | None:
        """Measure a baseline trial."""
        if self.baseline is None:
            return None
        return Measurements(self.study, self.config.checkpoints, self.gpu_memory.gpus)

    def _check_cleanup(self, trial: OwnedTrial, is_gone: bool) -> None:
        if not is_gone:
            raise CleanupError(f"a process of trial {trial.number} could not be killed; {TAKEOVER}")
        leaked = self.gpu_memory.leaked_bytes()
        if leaked:
            amount = f"{leaked / 2**20:.0f} MiB of GPU memory were not freed after trial {trial.number}"
            raise CleanupError(f"{amount}; {TAKEOVER}")

    def _start_trial(self, trial: OwnedTrial, control: Control) -> IsolatedTrial | InlineTrial:
        if self.objective is not None:
            callbacks, source_path = self.config.callbacks, self.config.source_path
            return InlineTrial(self.study, trial, self.objective, control.block.retry_on, callbacks, source_path)
        return IsolatedTrial(
            self.study,
            self.sweep_uid,
            trial,
            self._task(trial, control),
            self._standby.take,
            control,
            self.interrupt,
            self.grace_seconds,
            self._standby.prepare,
            statistics.median(self._seconds) if self._seconds else None,
            self.clock,
            self._report_disk,
        )

    def _task(self, trial: OwnedTrial, control: Control) -> Task:
        config = self.config
        return Task(
            config.objective, config.source_path, facts(trial.optuna_trial), control.block.retry_on, config.callbacks
        )

    def _requeue(self, trial: OwnedTrial) -> None:
        """End the trial uncharged; requeue it unless the sweep ends."""
        control = self._read_control().block
        failure_class = protocol.TERMINATED if control.is_terminating else protocol.PREEMPTED
        if requeue_trial(self.study, trial, failure_class, is_retried=not control.is_stopping):
            consequence = "the sweep ends" if control.is_stopping else "requeued"
            self.log(f"trial {trial.number} {failure_class}; {consequence}")
        else:
            self.log(f"trial {trial.number} was ended outside this worker")

    def _retry(self, trial: OwnedTrial, end: TrialEnd, outcome: TrialOutcome, control: Control) -> bool:
        """Retry a trial that failed by an exception of `spec.trials.retryOn`. False when it counts as failed."""
        exception = retries.exception_of(end, outcome, control.block.retry_on)
        number = retries.number_of(trial)
        if not exception or number >= control.block.max_retries or self._read_control().block.is_stopping:
            return False
        if not retry_trial(self.study, trial, outcome):
            raise OwnershipLostError(f"trial {trial.number} was ended outside this worker; its retry is dropped")
        attempt = f"retry {number + 1} of {control.block.max_retries}"
        self.log(f"trial {trial.number} {self._describe(outcome)}; requeued by trials.retryOn {exception} ({attempt})")
        return True

    def _report_disk(self) -> None:
        """Write the free space where the trials write, for the operator's metrics; nothing while it is the same."""
        free = self._disk.news()
        if free is not None:
            key = f"{protocol.DISK}:{self.identity.index}"
            value = {"uid": self.identity.uid, "free": dict(free)}
            self.study.storage.set_study_user_attr(self.study.id, key, value)

    def _record_stop(self) -> None:
        self.study.storage.set_study_user_attr(self.study.id, protocol.STOPPED, True)
        self.study.retry_policy.call(self.study.connection, self.study.storage.flush)
        self.log("the sampler or the objective stopped the study; no further trials will start")

    def _read_control(self) -> Control:
        return read_control(self.study, self.sweep_uid)

    def _describe(self, outcome: TrialOutcome) -> str:
        if outcome.values is None:
            reason = f" {outcome.failure_class}: {_first_line(outcome.error)}" if outcome.failure_class else ""
            because = f": {_first_line(outcome.pruned_because)}" if outcome.pruned_because else ""
            return f"{outcome.state.name}{reason}{because}"
        names = self.config.objective_names
        if len(names) != len(outcome.values):
            names = ("value",) * len(outcome.values)
        pairs = (f"{name}={value:.6g}" for name, value in zip(names, outcome.values, strict=True))
        return f"{outcome.state.name} {' '.join(pairs)}"


def _stop_reason(control: Control) -> str:
    if control.block.is_stopping:
        return f"stop: {control.block.stop}; no further trials will start"
    if control.breaker is not None:
        return circuit_breaker.sentence(control.breaker)
    return f"budget spent: {control.block.max_trials} trials"


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _format_seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 100 else f"{seconds:.2g} s" if seconds < 1 else f"{seconds:.1f} s"
