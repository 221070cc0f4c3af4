"""The Jobs and pods of a sweep as they are. Made by `cluster`, read by `judge`, `plan` and `report`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hposweep.api.names import SEARCH_PHASE, job_attempt
from hposweep.model.gpu_seconds import PodTimes


def count_indexes(indexes: str) -> int:
    """Count the indexes in a list as Kubernetes writes it: `1,3-4`."""
    ends = [part.split("-") for part in indexes.split(",") if part]
    return sum(int(end[-1]) - int(end[0]) + 1 for end in ends)


# For containers beside the trial's (a log shipper, a proxy) to end by themselves once the trial's has ended.
SIDE_CONTAINER_SECONDS = 30.0
FAILED_INDEXES = "FailedIndexes"  # reason of a Job that failed because some of its workers failed too often


@dataclass(frozen=True, slots=True)
class Job:
    """One Job that the sweep controls."""

    name: str
    uid: str
    parallelism: int
    phase: str = SEARCH_PHASE
    is_suspended: bool = False
    is_complete: bool = False
    is_failed: bool = False
    reason: str = ""  # of the condition that ended it
    message: str = ""
    completed_indexes: int = 0  # workers that ended well, for good
    failed_indexes: str = ""  # those that failed too often and are not started again, as Kubernetes lists them: 1,3-4
    refusal: str = ""  # why the cluster makes no pod for it, in its own words
    input: str = ""  # hash of what a Job of checks was created for

    @property
    def has_ended(self) -> bool:
        return self.is_complete or self.is_failed

    @property
    def desired_pods(self) -> int:
        """The number of pods that it runs when the cluster has room."""
        return 0 if self.has_ended or self.is_suspended else self.open_indexes

    @property
    def open_indexes(self) -> int:
        """The number of indexes that have not ended for good, as the Job counts them."""
        return self.parallelism - self.completed_indexes - count_indexes(self.failed_indexes)

    @property
    def allows_successor(self) -> bool:
        """A further Job can run the trials that this one left: at least one of its workers ended well.

        A broken slot (a bad GPU, say) fails the Job once all others are done, and is no reason against other workers.
        """
        return self.is_complete or (self.is_failed and self.reason == FAILED_INDEXES and self.completed_indexes > 0)


@dataclass(frozen=True, slots=True)
class ImagePull:
    """An image that a node is pulling for a pod."""

    image: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Pod:
    """One worker pod. `reason` and `message` are the cluster's own words for why it does not run."""

    name: str
    uid: str
    phase: str
    is_ready: bool = False
    is_terminating: bool = False
    reason: str = ""
    message: str = ""
    exit_code: int | None = None
    termination_message: str = ""  # the termination message, written by the worker itself
    terminated_reason: str = ""  # the kubelet's word for how the container ended: OOMKilled, Error
    log: str = ""  # where its output can be read: a command, or a file
    job: str = ""  # name of the Job that it belongs to
    job_phase: str = SEARCH_PHASE  # of that Job, which a pod that is kept for the ledger may outlive
    node: str = ""
    image: str = ""  # digest of the trial's image, as the kubelet pulled it
    is_disrupted: bool = False  # ended by the cluster: eviction, preemption, a deleted node
    failures: int = 0  # earlier pods of its slot that failed by themselves, as Kubernetes counts
    disruptions: int = 0  # earlier pods of its slot that were disrupted
    unreachable_since: datetime | None = None  # since when its node has not answered
    starting_since: datetime | None = None  # since when its node creates its containers; None before and afterwards
    pull: ImagePull | None = None  # known for the pod that has been starting the longest
    is_held_open: bool = False  # the trial's container has ended, and another one of the pod still runs
    ended_at: datetime | None = None  # when the trial's container ended
    ledger: PodTimes | None = None  # while the finalizer keeps it for the ledger of GPU time

    @property
    def is_gone(self) -> bool:
        """No process of a trial can be alive: the pod has ended, or only other containers of it still run."""
        return self.phase in ("Succeeded", "Failed") or self.is_held_open

    def is_overdue(self, now: datetime) -> bool:
        """Return whether its other containers have had the time to end by themselves."""
        if not self.is_held_open or self.is_terminating:
            return False
        return self.ended_at is None or now - self.ended_at >= timedelta(seconds=SIDE_CONTAINER_SECONDS)

    @property
    def has_ended_well(self) -> bool:
        """Its program exited with 0; the kubelet calls the pod `Running` for a moment longer."""
        return self.phase == "Succeeded" or (self.exit_code == 0 and self.phase != "Failed")

    def is_lost(self, now: datetime, limit_seconds: float) -> bool:
        """Return whether its node has been unreachable for at least the limit."""
        if self.is_gone or self.unreachable_since is None:
            return False
        return now - self.unreachable_since >= timedelta(seconds=limit_seconds)

    @property
    def is_running(self) -> bool:
        return self.phase == "Running" and self.is_ready and not self.is_terminating and self.unreachable_since is None


@dataclass(frozen=True, slots=True)
class Workers:
    """The Jobs and pods of one phase at one moment."""

    jobs: tuple[Job, ...] = ()
    pods: tuple[Pod, ...] = ()

    @property
    def has_started(self) -> bool:
        """The phase has had a Job, which stays until the sweep is deleted."""
        return bool(self.jobs)

    def latest_job(self, sweep: str, phase: str) -> tuple[Job | None, int]:
        """Return the phase's Job with the highest attempt, and that attempt; (None, 0) before its first Job."""
        attempts = [(job_attempt(sweep, phase, job.name), job) for job in self.jobs]
        attempt, job = max(attempts, key=lambda pair: pair[0], default=(0, None))
        return job, attempt

    @property
    def live_pods(self) -> tuple[Pod, ...]:
        return tuple(pod for pod in self.pods if not pod.is_gone)

    @property
    def running_pods(self) -> tuple[Pod, ...]:
        return tuple(pod for pod in self.pods if pod.is_running)

    @property
    def starting_pods(self) -> tuple[Pod, ...]:
        """The pods whose node creates their containers, the one that waits longest first."""
        starting = [(pod.starting_since, pod) for pod in self.live_pods if pod.starting_since is not None]
        return tuple(pod for _, pod in sorted(starting, key=lambda entry: entry[0]))

    @property
    def partially_failed_jobs(self) -> tuple[Job, ...]:
        """Jobs that continue without some of their workers."""
        return tuple(job for job in self.jobs if job.failed_indexes and not job.has_ended)

    @property
    def has_missing_pods(self) -> bool:
        """A Job has fewer pods than it should. No event reports a refused pod, so requeue soon."""
        return len(self.live_pods) < sum(job.desired_pods for job in self.jobs)

    def has_open_indexes(self, job: Job) -> bool:
        """Return whether an index of the Job has not ended for good, so that a pod follows unless it is suspended.

        An index that ended well counts as soon as its pod says so; the Job itself counts it a little later.
        """
        succeeded_pods = sum(pod.has_ended_well and pod.job == job.name for pod in self.pods)
        return job.open_indexes > max(0, succeeded_pods - job.completed_indexes)

    @property
    def all_stopped(self) -> bool:
        """No pod runs, and none will start by itself."""
        return not self.live_pods and all(job.has_ended or job.is_suspended for job in self.jobs)


def by_phase(jobs: Iterable[Job], pods: Iterable[Pod]) -> Mapping[str, Workers]:
    """Group a sweep's Jobs by their phase, and its pods by that of their Job."""
    jobs, pods = tuple(jobs), tuple(pods)
    phase_of_job = {job.name: job.phase for job in jobs}
    phase_of_pod = {pod.uid: phase_of_job.get(pod.job, pod.job_phase) for pod in pods}
    return {
        phase: Workers(
            tuple(job for job in jobs if job.phase == phase),
            tuple(pod for pod in pods if phase_of_pod[pod.uid] == phase),
        )
        for phase in {*phase_of_job.values(), *phase_of_pod.values()}
    }
