"""What should exist now, given what is true and what it means. The one entry of this floor, called by `reconcile`."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.names import SEARCH_PHASE, job_attempt
from hposweep.api.spec import DELETE_STUDY
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import CreateJob, CreateStudy, DeleteStudy, DisownStudy, Plan, ResizeJob
from hposweep.model.trials import Study
from hposweep.model.verdicts import Stop, Verdicts
from hposweep.model.workers import Job, Workers
from hposweep.plan.backoff import backoff_resets
from hposweep.plan.contrast import contrast
from hposweep.plan.control import desired_control
from hposweep.plan.images import images
from hposweep.plan.job import job_size, search_job
from hposweep.plan.trials import lost_pods, reap


def plan(sweep: Sweep, seen: Observation, verdicts: Verdicts) -> Plan:
    """Everything that is to be done in this pass. Applying it twice does nothing the second time."""
    study = seen.storage.study
    if sweep.has_ended or verdicts.end is not None:
        return leave(sweep, seen)
    if not verdicts.storage.is_open or study is None:
        return _before_the_study(sweep, study, verdicts)
    may_run = verdicts.accepted.is_open or seen.search.has_started
    wanted = desired_control(sweep, seen, study, verdicts)
    was_told = study.control == wanted.value
    is_ending, stop = verdicts.pending_end is not None, verdicts.stop
    is_terminating = stop is not None and stop.is_terminating
    job, _ = _latest(sweep, seen.search)
    return Plan.of(
        wanted if wanted.closes_breaker or not was_told else None,
        images(seen, study),
        reap(sweep, seen, is_final=is_terminating or is_ending),
        contrast(sweep, seen, verdicts),
        _new_job(sweep, seen.search, study, stop) if may_run and not is_ending else None,
        _resize(sweep, seen.search, study, stop, is_ending=is_ending, was_told=was_told),
        *lost_pods(sweep, seen),
        *(backoff_resets(seen.search, job) if job is not None and not job.has_ended else ()),
    )


def leave(sweep: Sweep, seen: Observation) -> Plan:
    """For a sweep that has ended or is being deleted: no worker may go on, no trial may be left running."""
    job, _ = _latest(sweep, seen.search)
    # A Job that could still start pods is suspended; its record stays until the sweep goes.
    may_start_pods = job is not None and not job.has_ended and not job.is_suspended
    suspend = ResizeJob(job.name, job.parallelism, is_suspended=True) if job is not None and may_start_pods else None
    return Plan.of(reap(sweep, seen, is_final=sweep.spec.is_terminating), suspend, *lost_pods(sweep, seen))


def release(sweep: Sweep, seen: Observation) -> Plan:
    """`leave`, and the end of the study once no worker is left that could write to it."""
    leaving = leave(sweep, seen)
    study = seen.storage.study
    if study is None or study.owner != sweep.uid or leaving.of_kind(ResizeJob) or seen.search.live_pods:
        return leaving
    if sweep.spec.deletion_policy == DELETE_STUDY:
        return Plan((*leaving.actions, DeleteStudy(study.name)))
    return Plan((*leaving.actions, DisownStudy(study.id, study.name, sweep.uid)))


def _before_the_study(sweep: Sweep, study: Study | None, verdicts: Verdicts) -> Plan:
    is_pending = verdicts.storage.reason == conditions.PENDING
    if not (is_pending and verdicts.accepted.is_open) or verdicts.stop is not None:
        return Plan()
    create = CreateStudy(
        name=sweep.study_name,
        directions=sweep.directions,
        metric_names=tuple(goal.name for goal in sweep.spec.study.objectives),
        owner=sweep.uid,
        is_adoption=study is not None,
    )
    return Plan((create,))


def _new_job(sweep: Sweep, workers: Workers, study: Study, stop: Stop | None) -> CreateJob | None:
    """The search Job, when there is none, or when the last one has ended and left work."""
    job, attempt = _latest(sweep, workers)
    if stop is not None:
        return None
    if study.breaker is not None:
        return None  # another Job would only fail alike
    if job is None or (job.has_ended and _goes_on(sweep, job, workers, study)):
        return CreateJob(search_job(sweep, attempt=attempt + 1, study_id=study.id, suspend=sweep.spec.suspend))
    return None


def _resize(
    sweep: Sweep, workers: Workers, study: Study, stop: Stop | None, *, is_ending: bool, was_told: bool
) -> ResizeJob | None:
    """A Job that lives, when it has not the size that it should have."""
    job, _ = _latest(sweep, workers)
    if job is None or job.has_ended:
        return None
    size, is_off = job_size(sweep)
    is_suspended = is_off or is_ending or _is_suspended(sweep, workers, study, job, stop, was_told=was_told)
    wanted = ResizeJob(job.name, size, is_suspended)
    return wanted if (wanted.size, wanted.is_suspended) != (job.parallelism, job.is_suspended) else None


def _goes_on(sweep: Sweep, job: Job, workers: Workers, study: Study) -> bool:
    """Its workers saw the budget spent, but a trial was handed back or the budget was raised since."""
    left = study.counts.charged < sweep.spec.trials.max and not study.is_stopped
    return job.allows_successor and left and workers.all_stopped


def _is_suspended(sweep: Sweep, workers: Workers, study: Study, job: Job, stop: Stop | None, *, was_told: bool) -> bool:
    if sweep.spec.suspend or study.breaker is not None or (stop is not None and stop.is_terminating):
        return True
    if study.counts.running:
        return False
    # Workers end by themselves when there is nothing to do; pods that never started, or are still to come after a
    # pause that the Job controller makes longer with every failure, would only be waited for.
    is_draining = stop is not None and was_told
    if is_draining and len(workers.running_pods) < len(workers.live_pods):
        return True
    is_done = study.counts.finished >= sweep.spec.trials.max or study.is_stopped
    return (is_draining or is_done) and not workers.running_pods and workers.has_open_indexes(job)


def _latest(sweep: Sweep, workers: Workers) -> tuple[Job | None, int]:
    numbered = [(job_attempt(sweep.name, SEARCH_PHASE, job.name), job) for job in workers.jobs]
    attempt, job = max(numbered, key=lambda pair: pair[0], default=(0, None))
    return job, attempt
