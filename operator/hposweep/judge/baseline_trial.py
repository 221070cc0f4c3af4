"""The gate of the baseline trial: has one trial run end to end, and is another attempt due? Called by `judge`.

The study is the record: each attempt is a trial whose mark has a hash of what it tried. So neither a restart nor a Job
that is gone runs it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hposweep.api import conditions as c
from hposweep.api.names import BASELINE_PHASE, RETRY_BASELINE_ANNOTATION
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hposweep.judge.baseline_attempts import last_attempt, mark_of
from hposweep.judge.baseline_corners import corner_result, corner_trials, corner_warnings, open_corners
from hposweep.judge.baseline_disk import checkpoint_estimate, too_little_disk, used_disk
from hposweep.judge.baseline_estimate import contradictions, estimate
from hposweep.judge.baseline_memory import too_much_memory, used_memory
from hposweep.judge.baseline_range import outside_range
from hposweep.judge.baseline_reports import missing_reports
from hposweep.judge.baseline_result import has_passed, result
from hposweep.judge.phase_input import input_hash
from hposweep.model.baseline_trial import BaselineTrialVerdict
from hposweep.model.gate import Gate
from hposweep.model.history import RUNNING, WAITING, History, Trial
from hposweep.model.observation import Observation
from hposweep.model.workers import Job
from hposweep.text import sentences
from hpotrial.protocol.baseline import BaselineMark

BASELINE_ADVICE = (
    "It is tried again when the spec or the ConfigMap of the code changes, or with "
    "`kubectl annotate hposweep {sweep} {request} --overwrite`"
)


def baseline_trial(
    sweep: Sweep, observation: Observation, earlier: Mapping[str, Gate], gpus: float, *, is_over: bool
) -> BaselineTrialVerdict:
    """Return the verdict.

    `earlier`: the gates that must be open first, by condition. `gpus`: of each worker. `is_over`: no search starts.
    """
    if sweep.spec.baseline_trial is None:
        return BaselineTrialVerdict(_open(c.SKIPPED, "`spec.baselineTrial` is not set"), has_result=True)
    last = last_attempt(sweep.uid, observation.history) if observation.history is not None else None
    passed = last[1] if last is not None and has_passed(sweep, last[1]) else None
    if observation.search.has_started or observation.history is None:
        before = _before(sweep)
        if before is not None and (before.is_open or not observation.search.has_started):
            return _with_trial(before, passed)
    if observation.search.has_started:
        gate = _open(c.SKIPPED, "the search had started before `spec.baselineTrial` was set")
        return _with_trial(_open(c.PASSED, result(sweep, passed)) if passed is not None else gate, passed)
    current = _input(sweep, observation)
    has_ended = last is not None and last[1].state not in (WAITING, RUNNING)
    corner = open_corners(sweep, observation, last[0], current) if last is not None and has_ended else ""
    if corner:
        return BaselineTrialVerdict(Gate(is_open=False, reason=c.RUNNING, message=corner))
    if last is not None and passed is not None and last[0].input == current:
        return _passed(sweep, last[0], passed, observation.history, gpus)
    if is_over:
        return BaselineTrialVerdict(_closed("no search starts any more"), has_result=has_ended)
    closed = [kind for kind, gate in earlier.items() if not gate.is_open]
    if observation.history is None or closed or sweep.spec.is_paused:
        return BaselineTrialVerdict(_closed(_wait(closed)), has_result=has_ended)
    return _verdict(sweep, observation, current, last)


def _verdict(
    sweep: Sweep, observation: Observation, current: str, last: tuple[BaselineMark, Trial] | None
) -> BaselineTrialVerdict:
    job, job_attempt = observation.baseline_trial.latest_job(sweep.name, BASELINE_PHASE)
    if last is None:
        attempt = _mark(sweep, job_attempt, current, sweep.retry_baseline)
        if job is not None and job.input == attempt.key:  # its trial was committed before the Job was created
            return _failed(sweep, attempt, f"the study has no trial of Job `{job.name}`, or its mark cannot be read")
        return _next(sweep, job_attempt + 1, current)
    mark, trial = last
    running = Gate(is_open=False, reason=c.RUNNING, message=f"the baseline trial runs as trial {trial.number}")
    if trial.state == RUNNING:
        return BaselineTrialVerdict(running)
    if (mark.input, mark.request) != (current, sweep.retry_baseline):
        return _next(sweep, max(mark.attempt, job_attempt) + 1, current)
    if trial.state != WAITING:
        return _failed(sweep, mark, result(sweep, trial))
    if job is None or job_attempt < mark.attempt:
        return BaselineTrialVerdict(_starting(), attempt=mark)
    if job.has_ended:
        return _failed(sweep, mark, _why_not_run(job, observation))
    message = f"trial {trial.number} waits for the pod of Job `{job.name}`"
    return BaselineTrialVerdict(Gate(is_open=False, reason=c.RUNNING, message=message))


def _next(sweep: Sweep, attempt: int, current: str) -> BaselineTrialVerdict:
    """Return the verdict on an attempt to start now."""
    mark = _mark(sweep, attempt, current, sweep.retry_baseline)
    return BaselineTrialVerdict(_starting(), attempt=mark, is_new=True)


def _mark(sweep: Sweep, attempt: int, current: str, request: str) -> BaselineMark:
    spec = sweep.spec.baseline_trial
    return mark_of(sweep.uid, attempt, current, request, is_counted=spec is None or spec.count)


def _input(sweep: Sweep, observation: Observation) -> str:
    """Return the hash of what is tried. Whether it counts is no part of it: a trial that has passed is not repeated."""
    spec = sweep.spec.baseline_trial
    ignored = ("count",) if spec is not None and spec.corners else ("count", "corners")
    block = {name: value for name, value in to_wire(spec).items() if name not in ignored}
    own = {"baselineTrial": block, "timeout": sweep.spec.trials.timeout_seconds}
    return input_hash(sweep, own, observation.code_version)


def _why_not_run(job: Job, observation: Observation) -> str:
    """Return why a Job has ended whose trial still waits. A worker of an earlier release names a missing variable."""
    study = observation.storage.study
    if study is not None and study.breaker is not None:
        return f"the circuit breaker is open, so the trial did not run: {study.breaker.error}"
    pod = next(
        (pod for pod in observation.baseline_trial.pods if pod.job == job.name and pod.exit_code not in (None, 0)), None
    )
    cause = (pod.termination_message or pod.message) if pod is not None else ""
    code = f" with exit code {pod.exit_code}" if pod is not None else ""
    return f"the baseline pod ended{code} before it ran the trial: {cause or job.message or 'it left no message'}"


def _before(sweep: Sweep) -> Gate | None:
    """Return the gate as the status has it once a trial has ended, for a study that cannot be read now.

    An open one also stays when the search has started.
    """
    before = sweep.status.condition(c.BASELINE_PASSED) if sweep.status is not None else None
    if before is None or before.reason not in (c.PASSED, c.PASSED_WITH_WARNINGS, c.FAILED):
        return None
    return Gate(is_open=before.reason != c.FAILED, reason=before.reason, message=before.message)


def _passed(
    sweep: Sweep, mark: BaselineMark, trial: Trial, history: History | None, gpus: float
) -> BaselineTrialVerdict:
    """Return the verdict on a trial that has passed: its result, its corners, the estimate, and what contradicts it."""
    finished_count = len(history.finished) if history is not None else 0
    forecast = estimate(sweep, trial.seconds, finished_count, gpus)
    trials = corner_trials(sweep, mark, history) if history is not None else {}
    warnings = [text for text in (outside_range(sweep, trial), missing_reports(sweep.spec, trial)) if text]
    warnings += contradictions(sweep, forecast) if forecast is not None else ()
    warnings += too_much_memory(trial, sweep.spec.baseline_trial.max_memory_share) if sweep.spec.baseline_trial else ()
    warnings += [text] if (text := too_little_disk(sweep, trial, finished_count)) else ()
    warnings += corner_warnings(sweep, trials)
    time = forecast.sentence() if forecast is not None else ""
    disk = checkpoint_estimate(sweep, trial, finished_count)
    before = (result(sweep, trial), used_memory(trial), corner_result(trials))
    message = sentences(*before, time, used_disk(trial), disk, *warnings)
    gate = _open(c.PASSED_WITH_WARNINGS if warnings else c.PASSED, message)
    last_number = max([trial.number, *(corner.number for corner in trials.values())])
    return replace(_with_trial(gate, trial), estimate=sentences(time, disk), passed_number=last_number)


def _with_trial(gate: Gate, passed: Trial | None) -> BaselineTrialVerdict:
    if passed is None:
        return BaselineTrialVerdict(gate, has_result=True)
    return BaselineTrialVerdict(gate, has_result=True, passed_number=passed.number, trial_seconds=passed.seconds)


def _failed(sweep: Sweep, mark: BaselineMark, cause: str) -> BaselineTrialVerdict:
    request = f"{RETRY_BASELINE_ANNOTATION}={mark.attempt}"
    message = f"{cause.rstrip('.')}. {BASELINE_ADVICE.format(sweep=sweep.name, request=request)}"
    gate = Gate(is_open=False, reason=c.FAILED, message=message)
    return BaselineTrialVerdict(gate, has_result=True)


def _open(reason: str, message: str) -> Gate:
    return Gate(is_open=True, reason=reason, message=message)


def _starting() -> Gate:
    return Gate(is_open=False, reason=c.RUNNING, message="the baseline trial is about to start")


def _closed(message: str) -> Gate:
    return Gate(is_open=False, reason=c.PENDING, message=message)


def _wait(closed: list[str]) -> str:
    if closed:
        return f"the baseline trial starts once {' and '.join(closed)} {'is' if len(closed) == 1 else 'are'} True"
    return "the baseline trial starts once `spec.suspend` is false and `spec.workers.replicas` is at least 1"
