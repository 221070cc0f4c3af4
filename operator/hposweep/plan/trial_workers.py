"""The Job of a phase whose workers run trials: the search, and the champions. Called by `planner` and `champions`."""

from __future__ import annotations

from hposweep.model.plan import CreateJob, ResetBackoff, ResizeJob
from hposweep.model.workers import Job
from hposweep.plan.backoff import backoff_resets
from hposweep.plan.job import job_size, search_job
from hposweep.plan.situation import Situation


def new_job(situation: Situation) -> CreateJob | None:
    """Create the Job of the phase when there is none, or when the latest one has ended and left trials to run.

    None while the breaker is open, because another Job would fail in the same way.
    """
    if not situation.may_run or situation.is_ending or situation.is_stopping or situation.breaker_open:
        return None
    job, sweep = situation.latest_job, situation.sweep
    if job is not None and not (job.has_ended and _has_left_trials(situation, job)):
        return None
    attempt = situation.latest_attempt + 1
    gpus = situation.verdicts.ledger.gpus_per_worker
    manifest = search_job(
        sweep,
        attempt=attempt,
        study_id=situation.study.id,
        suspend=sweep.spec.suspend,
        gpus=gpus,
        phase=situation.phase,
    )
    return CreateJob(manifest)


def _has_left_trials(situation: Situation, job: Job) -> bool:
    """The Job's workers saw the budget spent, but a trial was requeued or the budget was raised since."""
    return job.allows_successor and situation.has_budget and situation.search.all_stopped


def resize(situation: Situation) -> ResizeJob | None:
    """Resize or suspend a Job that has not ended and whose size is not the desired one."""
    job = situation.latest_job
    if job is None or job.has_ended:
        return None
    size, is_off = job_size(situation.sweep)
    change = ResizeJob(job.name, size, is_off or _is_to_be_suspended(situation, job))
    return change if (change.size, change.is_suspended) != (job.parallelism, job.is_suspended) else None


def _is_to_be_suspended(situation: Situation, job: Job) -> bool:
    search = situation.search
    if not situation.is_approved:
        return True
    if situation.sweep.spec.suspend or situation.breaker_open or situation.is_terminating or situation.is_ending:
        return True
    if situation.study.counts.running:
        return False
    # Workers exit by themselves when there is nothing to do. The sweep must not wait for pods that never started, or
    # that come only after the Job controller's backoff, which doubles with every failure.
    if situation.is_draining and len(search.running_pods) < len(search.live_pods):
        return True
    is_done = situation.is_draining or situation.has_finished
    # A pod whose other containers do not end keeps the Job from completing, and its GPU.
    is_held_open = any(pod.is_overdue(situation.now) for pod in search.pods)
    return is_done and not search.running_pods and (is_held_open or search.has_open_indexes(job))


def restarts(situation: Situation) -> tuple[ResetBackoff, ...]:
    """Return the pods whose slots wait too long for their next one."""
    job = situation.latest_job
    return () if job is None or job.has_ended else backoff_resets(situation.search, job)
