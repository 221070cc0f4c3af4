"""Decide the actions of a pass from what is true and what it means. Entry point of `plan`, called by `reconcile`."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.spec import DELETE_STUDY
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import CreateJob, CreateStudy, DeleteStudy, DisownStudy, Plan, ResetBackoff, ResizeJob
from hposweep.model.verdicts import Verdicts
from hposweep.model.workers import Job
from hposweep.plan.backoff import backoff_resets
from hposweep.plan.baseline_trial import baseline_trial
from hposweep.plan.contrast import contrast
from hposweep.plan.identity import identity
from hposweep.plan.images import images
from hposweep.plan.job import job_size, search_job
from hposweep.plan.ledger import all_pods, counted_pods
from hposweep.plan.notifications import notifications
from hposweep.plan.preflight import preflight_job
from hposweep.plan.situation import Situation, situation_of
from hposweep.plan.source import source
from hposweep.plan.study_start import study_start
from hposweep.plan.trials import held_pods, lost_pods, reap


def plan(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> Plan:
    """List every action of this pass, in the order of execution. Executed twice, it changes nothing the second time.

    Notifications come first, because an action that fails ends the execution, and they cannot fail.
    """
    sent = notifications(sweep, observation.deliveries, observation.now)
    return Plan.of(*sent, counted_pods(sweep, observation), *_actions(sweep, observation, verdicts).actions)


def _actions(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> Plan:
    study = observation.storage.study
    if sweep.has_ended or verdicts.end is not None:
        return leave(sweep, observation)
    if not verdicts.storage.is_open or study is None:
        return _before_the_study(sweep, observation, verdicts)
    situation = situation_of(sweep, observation, verdicts, study)
    return Plan.of(
        situation.control if situation.control.closes_breaker or not situation.control_applied else None,
        images(observation, study),
        source(observation, study),
        identity(observation, study),
        reap(sweep, observation, is_final=situation.is_terminating or situation.is_ending),
        study_start(sweep, observation, verdicts),
        contrast(sweep, observation, verdicts),
        preflight_job(sweep, observation, verdicts, study.id),
        *baseline_trial(sweep, observation, verdicts, study),
        _new_job(situation),
        _resize(situation),
        *lost_pods(sweep, observation),
        *held_pods(observation),
        *_backoff_resets(situation),
    )


def leave(sweep: Sweep, observation: Observation) -> Plan:
    """End the pods of a sweep that has ended or is being deleted, and leave no trial RUNNING.

    A Job of any phase that could still start pods is suspended; its record stays until the sweep is deleted.
    """
    return Plan.of(
        reap(sweep, observation, is_final=sweep.spec.is_terminating),
        *(
            ResizeJob(job.name, job.parallelism, is_suspended=True)
            for job in observation.jobs
            if not job.has_ended and not job.is_suspended
        ),
        *lost_pods(sweep, observation),
    )


def release(sweep: Sweep, observation: Observation) -> Plan:
    """Leave a sweep that is being deleted, then delete or disown its study once no worker can write to it."""
    leaving = Plan.of(all_pods(observation), *leave(sweep, observation).actions)
    study = observation.storage.study
    if study is None or study.owner != sweep.uid or leaving.of_kind(ResizeJob) or observation.live_pods:
        return leaving
    if sweep.spec.deletion_policy == DELETE_STUDY:
        return Plan.of(*leaving.actions, DeleteStudy(study.name))
    return Plan.of(*leaving.actions, DisownStudy(study.id, study.name, sweep.uid))


def _before_the_study(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> Plan:
    """Create the study when nothing speaks against it. One that is there already has no owner, or one that is gone."""
    study = observation.storage.study
    is_pending = verdicts.storage.reason == conditions.PENDING
    if not (is_pending and verdicts.accepted.is_open) or verdicts.stop is not None:
        return Plan()
    return Plan.of(
        CreateStudy(
            name=sweep.study_name,
            directions=sweep.directions,
            metric_names=tuple(objective.name for objective in sweep.spec.study.objectives),
            owner=sweep.uid,
            identity=observation.identity,
            is_adoption=study is not None,
            take_over_from=(study.owner or "") if study is not None else "",
        )
    )


def _new_job(situation: Situation) -> CreateJob | None:
    """Create the search Job when there is none, or when the latest one has ended and left trials to run.

    None while the breaker is open, because another Job would fail in the same way.
    """
    if not situation.may_run or situation.is_ending or situation.is_stopping or situation.breaker_open:
        return None
    job, sweep = situation.latest_job, situation.sweep
    if job is not None and not (job.has_ended and _has_left_trials(situation, job)):
        return None
    attempt = situation.latest_attempt + 1
    gpus = situation.verdicts.ledger.gpus_per_worker
    manifest = search_job(sweep, attempt=attempt, study_id=situation.study.id, suspend=sweep.spec.suspend, gpus=gpus)
    return CreateJob(manifest)


def _has_left_trials(situation: Situation, job: Job) -> bool:
    """The Job's workers saw the budget spent, but a trial was requeued or the budget was raised since."""
    return job.allows_successor and situation.has_budget and situation.search.all_stopped


def _resize(situation: Situation) -> ResizeJob | None:
    """Resize or suspend a Job that has not ended and whose size is not the desired one."""
    job = situation.latest_job
    if job is None or job.has_ended:
        return None
    size, is_off = job_size(situation.sweep)
    resize = ResizeJob(job.name, size, is_off or _is_to_be_suspended(situation, job))
    return resize if (resize.size, resize.is_suspended) != (job.parallelism, job.is_suspended) else None


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


def _backoff_resets(situation: Situation) -> tuple[ResetBackoff, ...]:
    job = situation.latest_job
    return () if job is None or job.has_ended else backoff_resets(situation.search, job)
