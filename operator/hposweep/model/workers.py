"""The workers as they are: the sweep's Jobs and Pods. Made by `cluster`, read by `judge`, `plan` and `report`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


def count_slots(indexes: str) -> int:
    """How many there are in a list as Kubernetes writes it: `1,3-4`."""
    ends = [part.split("-") for part in indexes.split(",") if part]
    return sum(int(end[-1]) - int(end[0]) + 1 for end in ends)


FAILED_SLOTS = "FailedIndexes"  # why a Job failed: some of its workers did, too often


@dataclass(frozen=True, slots=True)
class Job:
    """One Job that the sweep controls."""

    name: str
    uid: str
    parallelism: int
    is_suspended: bool = False
    is_complete: bool = False
    is_failed: bool = False
    reason: str = ""  # of the condition that ended it
    message: str = ""
    completed_indexes: int = 0  # workers that ended well, for good
    failed_indexes: str = ""  # those that failed too often and are not started again, as Kubernetes lists them: 1,3-4
    refusal: str = ""  # why the cluster makes no pod for it, in its own words

    @property
    def has_ended(self) -> bool:
        return self.is_complete or self.is_failed

    @property
    def desired_pods(self) -> int:
        """How many it would run now, if the cluster let it."""
        return 0 if self.has_ended or self.is_suspended else self.open_indexes

    @property
    def open_indexes(self) -> int:
        """Those that have not ended for good, as far as the Job has counted."""
        return self.parallelism - self.completed_indexes - count_slots(self.failed_indexes)

    @property
    def allows_successor(self) -> bool:
        """A further Job could do what this one left: at least one of its workers ended well.

        A slot that is broken (a bad GPU, say) fails the Job once all others are done; that dooms no other worker.
        """
        return self.is_complete or (self.is_failed and self.reason == FAILED_SLOTS and self.completed_indexes > 0)


@dataclass(frozen=True, slots=True)
class Pod:
    """One worker pod. `reason` and `message` are the cluster's own words for why it is not running."""

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
    log: str = ""  # how a person sees what it printed: a command, or a file
    job: str = ""  # name of the Job that it belongs to
    node: str = ""
    image: str = ""  # digest of the trial's image, as the kubelet pulled it
    is_disrupted: bool = False  # the cluster took it away: eviction, preemption, a node that went
    failures: int = 0  # pods that its slot had before it and that failed by themselves, as Kubernetes counts
    disruptions: int = 0  # … and that did not
    unreachable_since: datetime | None = None  # from when on its node has not been heard of

    @property
    def is_gone(self) -> bool:
        """No process of it can be alive."""
        return self.phase in ("Succeeded", "Failed")

    @property
    def has_ended_well(self) -> bool:
        """Its program has; the kubelet calls the pod `Running` for a moment more, while it tidies up."""
        return self.phase == "Succeeded" or (self.exit_code == 0 and not self.is_gone)

    def is_lost(self, now: datetime, limit_seconds: float) -> bool:
        """Its node has been silent for so long that nobody need wait for it."""
        if self.is_gone or self.unreachable_since is None:
            return False
        return now - self.unreachable_since >= timedelta(seconds=limit_seconds)

    @property
    def is_running(self) -> bool:
        return self.phase == "Running" and self.is_ready and not self.is_terminating and self.unreachable_since is None


@dataclass(frozen=True, slots=True)
class Workers:
    """All of them at one moment."""

    jobs: tuple[Job, ...] = ()
    pods: tuple[Pod, ...] = ()

    @property
    def live_pods(self) -> tuple[Pod, ...]:
        return tuple(pod for pod in self.pods if not pod.is_gone)

    @property
    def running_pods(self) -> tuple[Pod, ...]:
        return tuple(pod for pod in self.pods if pod.is_running)

    @property
    def partially_failed_jobs(self) -> tuple[Job, ...]:
        """Jobs that go on without some of their workers."""
        return tuple(job for job in self.jobs if job.failed_indexes and not job.has_ended)

    @property
    def has_missing_pods(self) -> bool:
        """A Job wants more pods than it has. Nothing tells when the cluster refuses to make one, so look again soon."""
        wanted = sum(job.desired_pods for job in self.jobs)
        return len(self.live_pods) < wanted

    def has_open_indexes(self, job: Job) -> bool:
        """Some slot of the Job has not ended for good, so that another pod will come, unless the Job is suspended.

        Those that ended well count as soon as their pods say so; the Job itself hears of it a little later.
        """
        succeeded = sum(pod.has_ended_well and pod.job == job.name for pod in self.pods)
        return job.open_indexes > max(0, succeeded - job.completed_indexes)

    @property
    def all_stopped(self) -> bool:
        """Nothing runs, and nothing will start by itself."""
        return not self.live_pods and all(job.has_ended or job.is_suspended for job in self.jobs)
