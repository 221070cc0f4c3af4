"""The gate of the preflight: may the search start, and when is the next attempt? Called by `judge`.

An attempt is one Job. Its result is read from its pod once, and then kept in the status, so that neither a restart nor
a Job that is gone makes the checks run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hposweep.api import conditions as c
from hposweep.api.names import PREFLIGHT_PHASE, RETRY_PREFLIGHT_ANNOTATION
from hposweep.api.preflight import CheckStatus
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hposweep.judge.phase_input import attempt_input, checked_input, input_hash, references_of
from hposweep.model.gate import Gate
from hposweep.model.observation import Observation
from hposweep.model.preflight import PreflightRun, PreflightVerdict
from hposweep.model.workers import Job, Pod, Workers
from hposweep.text import count, truncate
from hpotrial.protocol.preflight import (
    FAILED,
    PASSED,
    SENTENCE_CHARACTERS,
    WARNING,
    WORST_FIRST,
    Finding,
    PreflightResult,
)

POD_CHECK = "pod"  # of the finding about a pod that left no results
# Between an attempt that failed and the next one with the same input; doubled with each, because every attempt takes a
# place on a node. An input that changed is checked sooner; an object that changes all the time, each minute.
MIN_RETRY, MAX_RETRY, CHANGED_RETRY = timedelta(seconds=60), timedelta(minutes=30), timedelta(seconds=3)
RETRY_ADVICE = (
    "Checked again {when}, when the spec, a ConfigMap or a Secret of its pods changes, or with "
    "`kubectl annotate hposweep {sweep} {request} --overwrite`"
)
MAX_SHOWN = 3  # findings in the condition's message; the status has all


def preflight(
    sweep: Sweep, observation: Observation, earlier: Mapping[str, Gate], *, is_over: bool
) -> PreflightVerdict:
    """Return the verdict. `earlier`: the gates that must be open first, by condition. `is_over`: no search starts."""
    if sweep.spec.preflight is None:
        return PreflightVerdict(_open(c.SKIPPED, "`spec.preflight` is not set"))
    run, now = _last_run(sweep, observation), observation.now
    if observation.search.has_started:
        return PreflightVerdict(_started(sweep, run), run)
    if is_over:
        return PreflightVerdict(_closed("no search starts any more"), run)
    current = input_hash(sweep, to_wire(sweep.spec.preflight), observation.code_version, sweep.retry_preflight)
    next_input = attempt_input(current, observation.references_version)
    is_known = run is not None and checked_input(run.input) == current
    if run is not None and is_known and (run.outcome != FAILED or sweep.spec.preflight.only_warns):
        return PreflightVerdict(_passed(run), run, current)
    job, attempt = observation.preflight.latest_job(sweep.name, PREFLIGHT_PHASE)
    if job is not None and (run is None or run.attempt < attempt):
        return PreflightVerdict(_running(f"the checks run in Job `{job.name}`", run), run, current)
    closed = [kind for kind, gate in earlier.items() if not gate.is_open]
    if closed or sweep.spec.is_paused:
        return PreflightVerdict(_closed(_wait(closed)), run, current)
    due = _due(run, current, observation.references_version)
    next_attempt = max(attempt, run.attempt if run is not None else 0) + 1 if due is None or due <= now else None
    if run is None or (not is_known and run.outcome != FAILED):
        return PreflightVerdict(_running("the checks are about to start", run), run, next_input, next_attempt, due)
    return PreflightVerdict(_failed(sweep, run, due), run, next_input, next_attempt, due)


def _due(run: PreflightRun | None, current: str, references_version: str) -> datetime | None:
    """Return when the next attempt starts; None for at once."""
    if run is None:
        return None
    if checked_input(run.input) != current:
        return run.time + CHANGED_RETRY
    doublings = max(0, min(run.failures - 1, 10))
    before = references_of(run.input)
    if before and references_version and references_version != before:
        return run.time + min(CHANGED_RETRY * (1 << doublings), MIN_RETRY)
    return run.time + min(MIN_RETRY * (1 << doublings), MAX_RETRY)


def _last_run(sweep: Sweep, observation: Observation) -> PreflightRun | None:
    """Return the last attempt that has ended: of its pod, or as the status has it."""
    before = _latched(sweep)
    job, attempt = observation.preflight.latest_job(sweep.name, PREFLIGHT_PHASE)
    if job is None or (before is not None and before.attempt >= attempt):
        return before
    run = _ended(job, attempt, observation.preflight, observation.now)
    if run is None:
        return before
    is_repeated = before is not None and checked_input(before.input) == checked_input(run.input)
    earlier_failures = before.failures if before is not None and is_repeated else 0
    failures = earlier_failures + 1 if run.outcome == FAILED else 0
    return replace(run, failures=failures)


def _latched(sweep: Sweep) -> PreflightRun | None:
    row = sweep.status.preflight_run if sweep.status is not None else None
    if row is None or sweep.status is None:
        return None
    findings = tuple(_finding(entry) for entry in sweep.status.preflight)
    return PreflightRun(
        row.attempt, row.input, row.outcome, row.time, findings, row.omitted or {}, row.failures, row.log or ""
    )


def _finding(row: CheckStatus) -> Finding:
    return Finding(row.check, row.name, row.outcome, row.message or "", row.value or "", row.threshold or "")


def _ended(job: Job, attempt: int, workers: Workers, now: datetime) -> PreflightRun | None:
    """Return what the Job's pod has found; None while it runs. A pod that left no results is a failed check.

    Another container may hold the pod open, and then the Job does not end by itself.
    """
    pods = [pod for pod in workers.pods if pod.job == job.name]
    for candidate in pods:
        is_done = candidate.exit_code == 0
        result = PreflightResult.from_message(candidate.termination_message) if is_done else None
        if result is not None and result.total:
            outcome = next((word for word in WORST_FIRST if result.count(word)), PASSED)
            time = (candidate.ended_at or now).replace(microsecond=0)
            omitted = dict(result.omitted)
            return PreflightRun(attempt, job.input, outcome, time, result.findings, omitted, log=candidate.log)
    if not job.has_ended and not any(pod.is_overdue(now) for pod in pods):
        return None
    pod = next((pod for pod in pods if pod.exit_code is not None or pod.reason), None)
    name, log = (pod.name, pod.log) if pod is not None else (job.name, "")
    finding = Finding(POD_CHECK, name, FAILED, truncate(_why_without_results(job, pod), SENTENCE_CHARACTERS))
    return PreflightRun(attempt, job.input, FAILED, now.replace(microsecond=0), (finding,), log=log)


def _why_without_results(job: Job, pod: Pod | None) -> str:
    """Return why a Job that has ended left no results. An image of an earlier release names a missing variable."""
    if pod is None:
        return f"the preflight pod is gone, and left no results: {job.message or 'its Job has ended'}"
    reason = f" ({pod.terminated_reason})" if pod.terminated_reason not in ("", "Error", "Completed") else ""
    code = f"exit code {pod.exit_code}{reason}" if pod.exit_code is not None else pod.reason
    cause = pod.termination_message or pod.message or job.message or "it left no message"
    advice = (
        "Read its log; the image of `spec.workers.template` needs a worker of this release, with its own entrypoint"
    )
    return f"the preflight pod ended with {code} and left no results: {cause}. {advice}"


def _open(reason: str, message: str) -> Gate:
    return Gate(is_open=True, reason=reason, message=message)


def _started(sweep: Sweep, run: PreflightRun | None) -> Gate:
    """Return the gate of a search that runs: what it started with stays."""
    before = sweep.status.condition(c.PREFLIGHT_PASSED) if sweep.status is not None else None
    if before is not None and before.reason in (c.PASSED, c.PASSED_WITH_WARNINGS):
        return _open(before.reason, before.message)
    if run is not None:
        return _passed(run)
    return _open(c.SKIPPED, "the search had started before `spec.preflight` was set")


def _passed(run: PreflightRun) -> Gate:
    if run.outcome == PASSED:
        return _open(c.PASSED, f"{count(_total(run), 'check')} passed")
    return _open(c.PASSED_WITH_WARNINGS, f"{_summary(run)}: {_sentences(run)}")


def _failed(sweep: Sweep, run: PreflightRun, due: datetime | None) -> Gate:
    when = f"at {due:%H:%M:%S} UTC" if due is not None else "now"
    request = f"{RETRY_PREFLIGHT_ANNOTATION}={run.attempt}"
    advice = RETRY_ADVICE.format(when=when, sweep=sweep.name, request=request)
    message = f"{_summary(run)}: {_sentences(run)}. {advice}"
    return Gate(is_open=False, reason=c.FAILED, message=message)


def _total(run: PreflightRun) -> int:
    return len(run.findings) + sum(run.omitted.values())


def _summary(run: PreflightRun) -> str:
    """Return `2 of 9 checks failed, 1 warned`."""
    numbers = {
        word: sum(entry.outcome == word for entry in run.findings) + run.omitted.get(word, 0) for word in WORST_FIRST
    }
    words = {FAILED: "failed", WARNING: "warned"}
    parts = [f"{numbers[word]} {words[word]}" for word in words if numbers[word]]
    return f"of {count(_total(run), 'check')}, {', '.join(parts)}"


def _sentences(run: PreflightRun) -> str:
    troubles = [entry for entry in run.findings if entry.outcome != PASSED]
    if not troubles:  # the status had no room for the findings
        return f"the findings are in the log ({run.log})" if run.log else "the findings are in the log of its pod"
    left = len(troubles) - MAX_SHOWN
    shown = "; ".join(entry.message.rstrip(".") for entry in troubles[:MAX_SHOWN])
    return f"{shown}; and {left} more in `status.preflight`" if left > 0 else shown


def _running(message: str, run: PreflightRun | None) -> Gate:
    before = f"; before, {_summary(run)}: {_sentences(run)}" if run is not None and run.outcome == FAILED else ""
    return Gate(is_open=False, reason=c.RUNNING, message=f"{message}{before}")


def _closed(message: str) -> Gate:
    return Gate(is_open=False, reason=c.PENDING, message=message)


def _wait(closed: list[str]) -> str:
    if not closed:
        return "the checks start once `spec.suspend` is false and `spec.workers.replicas` is at least 1"
    return f"the checks start once {' and '.join(closed)} {'is' if len(closed) == 1 else 'are'} True"
