"""The condition `WorkersReady`: all workers run, or the cluster's own message why not. Called by `conditions`."""

from __future__ import annotations

from datetime import datetime, timedelta

from hposweep.api import conditions as c
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.verdicts import Verdicts
from hposweep.model.workers import Job, Pod, Workers
from hposweep.report.breaker import breaker_cause
from hposweep.report.condition import ConditionDraft
from hposweep.text import count, duration
from hpotrial.protocol import EXIT_INTERRUPTED

# Reasons that need a fix, as opposed to those that were requested or pass by themselves.
TROUBLES = (
    c.UNSCHEDULABLE,
    c.IMAGE_PULL_FAILED,
    c.START_FAILED,
    c.NODE_SILENT,
    c.QUOTA_EXCEEDED,
    c.PODS_REFUSED,
    c.CRASH_LOOPING,
)
# Container states of the kubelet.
_IMAGE_REASONS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
)
_START_REASONS = (
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "PostStartHookError",
    # Events of a pod whose containers cannot be created yet.
    "FailedMount",
    "FailedAttachVolume",
    "FailedMapVolume",
    "FailedCreatePodSandBox",
)
_SIGKILL_EXIT_CODE = 137
_SLOW_START = timedelta(seconds=10)  # a shorter wait needs no sentence


def workers_ready(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> ConditionDraft:
    """Return the condition; when several pods are in trouble, with the message of the first."""
    workers, replicas = observation.search, sweep.spec.workers.replicas
    running = len(workers.running_pods)
    if sweep.has_ended or verdicts.end is not None:
        return ConditionDraft(c.WORKERS_READY, c.FALSE, c.FINISHED, "the sweep has ended")
    if not workers.has_started:
        return ConditionDraft(c.WORKERS_READY, c.UNKNOWN, c.PENDING, _pending_message(verdicts))
    if sweep.spec.suspend or replicas == 0:
        cause = "`spec.suspend` is true" if sweep.spec.suspend else "`spec.workers.replicas` is 0"
        return ConditionDraft(c.WORKERS_READY, c.FALSE, c.SUSPENDED, f"{cause}; {_left(workers)}")
    if not verdicts.approval.is_open:
        cause = f"approval is missing (see {c.APPROVED})"
        return ConditionDraft(c.WORKERS_READY, c.FALSE, c.SUSPENDED, f"{cause}; {_left(workers)}")
    if observation.storage.study is not None and observation.storage.study.breaker is not None:
        cause = f"{breaker_cause(observation.storage.study.breaker)} (see {c.HEALTHY})"
        return ConditionDraft(c.WORKERS_READY, c.FALSE, c.SUSPENDED, f"{cause}; {_left(workers)}")
    if verdicts.stop is not None or verdicts.pending_end is not None or _is_spent(sweep, observation):
        return ConditionDraft(
            c.WORKERS_READY, c.FALSE, c.FINISHED, f"no further trials start; {count(running, 'worker')} still running"
        )
    if running >= replicas:
        return ConditionDraft(c.WORKERS_READY, c.TRUE, c.RUNNING, f"{running} of {count(replicas, 'worker')} running")
    reason, detail = _refusal(workers.jobs) or _trouble(workers, observation.now)
    tail = f": {detail}" if detail else ""
    return ConditionDraft(c.WORKERS_READY, c.FALSE, reason, f"{running} of {count(replicas, 'worker')} running{tail}")


def pod_trouble(workers: Workers, now: datetime) -> tuple[str, str] | None:
    """Return reason and detail when a pod of a phase cannot run, or its start is slow; None otherwise."""
    reason, detail = _refusal(workers.jobs) or _trouble(workers, now)
    return (reason, detail) if detail else None


def _left(workers: Workers) -> str:
    return f"{count(len(workers.live_pods), 'worker')} left"


def _is_spent(sweep: Sweep, observation: Observation) -> bool:
    study = observation.storage.study
    return study is not None and study.counts.charged >= sweep.spec.trials.max


def _pending_message(verdicts: Verdicts) -> str:
    missing = [
        kind
        for kind, gate in (
            (c.ACCEPTED, verdicts.accepted),
            (c.STORAGE_READY, verdicts.storage),
            (c.PREFLIGHT_PASSED, verdicts.preflight.gate),
            (c.BASELINE_PASSED, verdicts.baseline_trial.gate),
            (c.APPROVED, verdicts.approval),
        )
        if not gate.is_open
    ]
    if not missing:
        return "workers are starting"
    return f"workers start once {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} True"


def _refusal(jobs: tuple[Job, ...]) -> tuple[str, str] | None:
    refusal = next((job.refusal for job in jobs if job.refusal), "")
    if not refusal:
        return None
    return (c.QUOTA_EXCEEDED if "exceeded quota" in refusal else c.PODS_REFUSED), refusal


def _trouble(workers: Workers, now: datetime) -> tuple[str, str]:
    """Return reason and detail of the first pod in trouble; without one, of the pods that failed before or start."""
    for pod in workers.live_pods:
        if pod.is_running:
            continue
        detail = f"{pod.reason}: {pod.message}" if pod.message else pod.reason
        if pod.unreachable_since is not None:
            return c.NODE_SILENT, f"node {pod.node} of pod {pod.name} is unreachable"
        if pod.reason == "Unschedulable":
            return c.UNSCHEDULABLE, pod.message
        if pod.reason in _IMAGE_REASONS:
            return c.IMAGE_PULL_FAILED, detail
        if pod.reason:
            return (c.START_FAILED if pod.reason in _START_REASONS else c.SCALING_UP), detail
    crashes = [pod for pod in workers.pods if _has_crashed(pod)]
    exhausted = [
        f"worker {job.failed_indexes} failed too often and is not restarted" for job in workers.partially_failed_jobs
    ]
    if not crashes and not exhausted:
        return _slow_start(workers, now) or (c.SCALING_UP, "")
    last = [f"pod {pod.name} failed: {pod.termination_message or pod.message or _code(pod)}" for pod in crashes[:1]]
    return c.CRASH_LOOPING, "; ".join(exhausted + last)


def _slow_start(workers: Workers, now: datetime) -> tuple[str, str] | None:
    """Return what the pod that starts the longest waits for; None while that is usual."""
    pod = next(iter(workers.starting_pods), None)
    if pod is None or pod.starting_since is None:
        return None
    if pod.pull is not None:
        seconds = (now - pod.pull.since).total_seconds()
        return c.PULLING_IMAGE, f"{_node(pod)} has been pulling image `{pod.pull.image}` for {duration(round(seconds))}"
    if now - pod.starting_since < _SLOW_START:
        return None
    seconds = (now - pod.starting_since).total_seconds()
    detail = f"{_node(pod)} has been creating the containers of pod {pod.name} for {duration(round(seconds))}"
    return c.SCALING_UP, f"{detail}; it pulls the image or mounts a volume (`kubectl describe pod {pod.name}`)"


def _node(pod: Pod) -> str:
    return f"node {pod.node}" if pod.node else "the node"


def _has_crashed(pod: Pod) -> bool:
    """Return whether a pod failed by itself: not interrupted by SIGTERM, and not removed by the cluster."""
    has_failed = pod.phase == "Failed" or (pod.is_held_open and not pod.has_ended_well)
    was_killed = pod.is_terminating and pod.exit_code == _SIGKILL_EXIT_CODE  # deleted, and its grace period was over
    return has_failed and pod.exit_code != EXIT_INTERRUPTED and not pod.is_disrupted and not was_killed


def _code(pod: Pod) -> str:
    reason = f"{pod.terminated_reason}, " if pod.terminated_reason not in ("", "Error") else ""
    return f"{reason}exit code {pod.exit_code}"
