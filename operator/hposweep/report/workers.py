"""`WorkersReady`: as many workers as asked for, or the cluster's own sentence why not. Called by `conditions`."""

from __future__ import annotations

from hposweep.api import conditions as c
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.verdicts import Verdicts
from hposweep.model.workers import Job, Pod, Workers
from hposweep.report.condition import Words
from hpotrial.protocol import EXIT_INTERRUPTED

# What keeps workers from running, as opposed to what was asked for or passes by itself.
TROUBLES = (
    c.UNSCHEDULABLE,
    c.IMAGE_PULL_FAILED,
    c.START_FAILED,
    c.NODE_SILENT,
    c.QUOTA_EXCEEDED,
    c.PODS_REFUSED,
    c.CRASH_LOOPING,
)
# The kubelet's words.
_IMAGE_REASONS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
)
_START_REASONS = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PostStartHookError")


def workers_ready(sweep: Sweep, seen: Observation, verdicts: Verdicts) -> Words:
    """One sentence; when several pods are in trouble, that of the first."""
    workers, desired = seen.search, sweep.spec.workers.replicas
    running = len(workers.running_pods)
    if sweep.has_ended or verdicts.end is not None:
        return Words(c.WORKERS_READY, c.FALSE, c.FINISHED, "the sweep has ended")
    if not workers.has_started:
        return Words(c.WORKERS_READY, c.UNKNOWN, c.PENDING, _what_is_missing(verdicts))
    if sweep.spec.suspend or desired == 0:
        why = "`spec.suspend` is true" if sweep.spec.suspend else "`spec.workers.replicas` is 0"
        return Words(c.WORKERS_READY, c.FALSE, c.SUSPENDED, f"{why}; {_left(workers)}")
    if seen.storage.study is not None and seen.storage.study.breaker is not None:
        why = f"the first trials failed alike ({c.HEALTHY} says how)"
        return Words(c.WORKERS_READY, c.FALSE, c.SUSPENDED, f"{why}; {_left(workers)}")
    if verdicts.stop is not None or verdicts.pending_end is not None or _is_spent(sweep, seen):
        return Words(c.WORKERS_READY, c.FALSE, c.FINISHED, f"no more trials are started; {_still(running)}")
    if running >= desired:
        return Words(c.WORKERS_READY, c.TRUE, c.RUNNING, f"{running} of {desired} workers run")
    reason, sentence = _refusal(workers.jobs) or _trouble(workers)
    tail = f": {sentence}" if sentence else ""
    return Words(c.WORKERS_READY, c.FALSE, reason, f"{running} of {desired} workers run{tail}")


def _left(workers: Workers) -> str:
    count = len(workers.live_pods)
    return "1 worker is left" if count == 1 else f"{count} workers are left"


def _still(running: int) -> str:
    return "1 worker still runs" if running == 1 else f"{running} workers still run"


def _is_spent(sweep: Sweep, seen: Observation) -> bool:
    study = seen.storage.study
    return study is not None and study.counts.charged >= sweep.spec.trials.max


def _what_is_missing(verdicts: Verdicts) -> str:
    missing = [
        kind
        for kind, gate in ((c.ACCEPTED, verdicts.accepted), (c.STORAGE_READY, verdicts.storage))
        if not gate.is_open
    ]
    if not missing:
        return "workers are about to start"
    return f"workers start when {' and '.join(missing)} {'holds' if len(missing) == 1 else 'hold'}"


def _refusal(jobs: tuple[Job, ...]) -> tuple[str, str] | None:
    sentence = next((job.refusal for job in jobs if job.refusal), "")
    if not sentence:
        return None
    return (c.QUOTA_EXCEEDED if "exceeded quota" in sentence else c.PODS_REFUSED), sentence


def _trouble(workers: Workers) -> tuple[str, str]:
    """Of the pods that are there; only when none of them says anything, of those that failed before."""
    for pod in workers.live_pods:
        if pod.is_running:
            continue
        words = f"{pod.reason}: {pod.message}" if pod.message else pod.reason
        if pod.unreachable_since is not None:
            return c.NODE_SILENT, f"node {pod.node} of pod {pod.name} does not answer"
        if pod.reason == "Unschedulable":
            return c.UNSCHEDULABLE, pod.message
        if pod.reason in _IMAGE_REASONS:
            return c.IMAGE_PULL_FAILED, words
        if pod.reason:
            return (c.START_FAILED if pod.reason in _START_REASONS else c.SCALING_UP), words
    crashed = [pod for pod in workers.pods if _has_crashed(pod)]
    broken = [
        f"worker {job.failed_indexes} failed too often and is not started again"
        for job in workers.partially_failed_jobs
    ]
    if not crashed and not broken:
        return c.SCALING_UP, ""
    last = [f"pod {pod.name} failed: {pod.termination_message or pod.message or _code(pod)}" for pod in crashed[:1]]
    return c.CRASH_LOOPING, "; ".join(broken + last)


def _has_crashed(pod: Pod) -> bool:
    """One that was asked to go has handed its trial back and is no crash; nor is one that the cluster took away."""
    return pod.phase == "Failed" and pod.exit_code != EXIT_INTERRUPTED and not pod.is_disrupted


def _code(pod: Pod) -> str:
    words = f"{pod.terminated_reason}, " if pod.terminated_reason not in ("", "Error") else ""
    return f"{words}exit code {pod.exit_code}"
