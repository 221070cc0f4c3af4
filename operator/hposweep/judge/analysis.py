"""Judge the analysis of a sweep that has ended. Called by `analysis_pass`.

A result is final: `Done`, `NothingToAnalyze` and `Failed` stay. `Skipped` stays until the spec changes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from hposweep.api import conditions as c
from hposweep.api.analysis import ANALYSES_TABLE
from hposweep.api.names import ANALYSIS_PHASE, job_name
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.model.analysis import AnalysisObservation, AnalysisRow, AnalysisStep, AnalysisVerdict
from hposweep.model.gate import Gate
from hposweep.model.workers import Job, Workers
from hposweep.text import count

GIVE_UP_SECONDS = 3600.0  # results that nothing can read or accept for so long are a failure
IMAGE_SETTING = "HPOSWEEP_ANALYSIS_IMAGE"
_UNEXPLAINED = "Error"  # the kubelet's word for a container that left no message
_FINAL = (c.DONE, c.NOTHING_TO_ANALYZE, c.FAILED)


def has_no_analysis(sweep: Sweep) -> bool:
    """Return whether the sweep ended under a release without analyses, and is left alone until its spec changes."""
    status = sweep.status
    is_unchanged = status is not None and status.observed_generation == sweep.generation
    return sweep.has_ended and is_unchanged and status is not None and status.condition(c.ANALYZED) is None


def early_gate(sweep: Sweep, status: Status, image: str) -> Gate | None:
    """Return the condition where neither Job nor database has to be read; None when the analysis is due."""
    before = sweep.status.condition(c.ANALYZED) if sweep.status is not None else None
    if before is not None and sweep.has_ended:
        is_kept = before.reason == c.SKIPPED and before.observed_generation == sweep.generation
        if before.reason in _FINAL or is_kept:
            return Gate(before.is_true, before.reason, before.message)
    if sweep.spec.analysis.disabled:
        return _closed(c.SKIPPED, "`spec.analysis.disabled` is true")
    if not image:
        return _closed(c.SKIPPED, f"the operator has no image for analyses: `{IMAGE_SETTING}` is not set")
    if not status.has_ended:
        return _closed(c.PENDING, "the study is analyzed when the sweep has ended")
    if status.study.id is None or not status.trials.complete:
        return _closed(c.NOTHING_TO_ANALYZE, "no trial completed")
    if status.trains_champions:
        return _closed(c.PENDING, "the study is analyzed when the champions have been trained")
    return None if sweep.has_ended else _closed(c.PENDING, "the sweep has ended, and its analysis starts")


def analysis(sweep: Sweep, observation: AnalysisObservation, now: datetime) -> AnalysisVerdict:
    """Return the verdict on an analysis that is due. A row counts only after the Job that wrote it has ended."""
    job, _ = observation.workers.latest_job(sweep.name, ANALYSIS_PHASE)
    name = job_name(sweep.name, ANALYSIS_PHASE, 1)
    if observation.row is not None:
        return AnalysisVerdict(_done(name, observation.row), AnalysisStep.PUBLISH)
    if observation.fault:
        return AnalysisVerdict(unfinished(sweep, f"the results cannot be read: {observation.fault}", now))
    running = _closed(c.RUNNING, f"Job `{name}` analyzes the study")
    if job is None:
        return AnalysisVerdict(running, AnalysisStep.CREATE)
    if job.is_failed:
        return AnalysisVerdict(_closed(c.FAILED, f"Job `{name}` failed: {_cause(sweep, job, observation.workers)}"))
    if job.is_complete:
        message = f"Job `{name}` ended, but table `{ANALYSES_TABLE}` of the sweep's database has no row of this sweep"
        return AnalysisVerdict(_closed(c.FAILED, message))
    return AnalysisVerdict(running, AnalysisStep.RESUME if job.is_suspended else AnalysisStep.WAIT)


def unfinished(sweep: Sweep, message: str, now: datetime, *, is_final: bool = False) -> Gate:
    """Return the condition of an analysis that is hindered from outside: it fails once it has been so for long."""
    before = sweep.status.condition(c.ANALYZED) if sweep.status is not None else None
    is_start = before is None or before.reason in (c.SKIPPED, c.PENDING)  # maybe long after the end of the sweep
    completed = sweep.status.completion_time if sweep.status is not None else None
    times = (before.last_transition_time, completed) if before is not None and not is_start else ()
    since = max((time for time in times if time), default=now)
    is_over = is_final or now - since >= timedelta(seconds=GIVE_UP_SECONDS)
    return _closed(c.FAILED if is_over else c.RUNNING, message)


def _closed(reason: str, message: str) -> Gate:
    return Gate(is_open=False, reason=reason, message=message)


def _done(config_map: str, row: AnalysisRow) -> Gate:
    names = [file.name for file in row.files if file.text is not None]
    others = ", ".join(file.name for file in row.files if file.text is None)
    place = f"ConfigMap `{config_map}` has {count(len(names), 'file')} ({', '.join(names)})"
    parts = (
        f"{place}, and table `{ANALYSES_TABLE}` of the sweep's database has a row with all {len(row.files)}",
        f"too large for the ConfigMap: {others}" if others else "",
        row.notes,
    )
    return Gate(is_open=True, reason=c.DONE, message="; ".join(part for part in parts if part))


def _cause(sweep: Sweep, job: Job, workers: Workers) -> str:
    """Return why the Job failed: the words of its last pod, else the Job's own, with what hindered the pod before."""
    ends = [(pod.ended_at, pod.termination_message or pod.terminated_reason) for pod in workers.pods if pod.ended_at]
    messages = [message for _, message in sorted(ends) if message not in ("", _UNEXPLAINED)]
    if messages:
        return messages[-1]
    before = sweep.status.condition(c.ANALYZED) if sweep.status is not None else None
    earlier = (
        f"; before: {before.message}" if before is not None and before.reason not in (c.RUNNING, c.PENDING) else ""
    )
    return f"{job.message or job.reason}{earlier}"
