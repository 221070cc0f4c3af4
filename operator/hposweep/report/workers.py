"""`WorkersReady`: as many workers as asked for, or the cluster's own sentence why not. Called by `conditions`."""

from __future__ import annotations

from hposweep.api import conditions as c
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.verdicts import Verdicts
from hposweep.model.workers import Job, Pod
from hposweep.report.words import Words
from hpotrial.contract import EXIT_INTERRUPTED

# What keeps workers from running, as opposed to what was asked for or passes by itself.
TROUBLES = (c.UNSCHEDULABLE, c.IMAGE_PULL_FAILED, c.QUOTA_EXCEEDED, c.PODS_REFUSED, c.CRASH_LOOPING)
_IMAGE_REASONS = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError")


def workers_ready(sweep: Sweep, seen: Observation, verdicts: Verdicts) -> Words:
    """One sentence; when several pods are in trouble, that of the first."""
    workers, desired = seen.workers, sweep.spec.workers.replicas
    running = len(workers.running_pods)
    if sweep.has_ended or verdicts.end is not None:
        return Words(c.WORKERS_READY, c.FALSE, c.FINISHED, "the sweep has ended")
    if not workers.jobs:
        return Words(c.WORKERS_READY, c.UNKNOWN, c.PENDING, _what_is_missing(verdicts))
    if sweep.spec.suspend or desired == 0:
        why = "`spec.suspend` is true" if sweep.spec.suspend else "`spec.workers.replicas` is 0"
        return Words(c.WORKERS_READY, c.FALSE, c.SUSPENDED, f"{why}; {len(workers.live_pods)} workers are left")
    if sweep.spec.is_stopping or _is_spent(sweep, seen):
        return Words(c.WORKERS_READY, c.FALSE, c.FINISHED, f"no more trials are started; {running} workers still run")
    if running >= desired:
        return Words(c.WORKERS_READY, c.TRUE, c.RUNNING, f"{running} of {desired} workers run")
    reason, sentence = _refusal(workers.jobs) or _trouble(workers.pods)
    tail = f": {sentence}" if sentence else ""
    return Words(c.WORKERS_READY, c.FALSE, reason, f"{running} of {desired} workers run{tail}")


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


def _trouble(pods: tuple[Pod, ...]) -> tuple[str, str]:
    """Of the pods that are there; only when none of them says anything, of those that failed before."""
    for pod in pods:
        if pod.is_gone:
            continue
        if pod.reason == "Unschedulable":
            return c.UNSCHEDULABLE, pod.message
        if pod.reason in _IMAGE_REASONS:
            return c.IMAGE_PULL_FAILED, f"{pod.reason}: {pod.message}" if pod.message else pod.reason
        if pod.reason and not pod.is_running:
            return c.SCALING_UP, f"{pod.reason}: {pod.message}" if pod.message else pod.reason
    for pod in pods:
        # One that was asked to go has handed its trial back and is no crash.
        if pod.phase == "Failed" and pod.exit_code != EXIT_INTERRUPTED:
            words = pod.last_words or pod.message or f"exit code {pod.exit_code}"
            return c.CRASH_LOOPING, f"pod {pod.name} failed: {words}"
    return c.SCALING_UP, ""
