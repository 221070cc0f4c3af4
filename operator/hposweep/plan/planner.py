"""Decide the actions of a pass from what is true and what it means. Entry point of `plan`, called by `reconcile`."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.names import ANALYSIS_PHASE, CHAMPIONS_PHASE
from hposweep.api.spec import DELETE_STUDY
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import CreateStudy, DeleteStudy, DisownStudy, Plan, ResizeJob
from hposweep.model.verdicts import Verdicts
from hposweep.plan.baseline_trial import baseline_trial
from hposweep.plan.champions import champions, leave_champions, own_studies
from hposweep.plan.contrast import contrast
from hposweep.plan.identity import identity
from hposweep.plan.images import images
from hposweep.plan.ledger import all_pods, counted_pods
from hposweep.plan.notifications import notifications
from hposweep.plan.preflight import preflight_job
from hposweep.plan.situation import situation_of
from hposweep.plan.source import source
from hposweep.plan.study_start import study_start
from hposweep.plan.trial_workers import new_job, resize, restarts
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
        is_training = verdicts.champions is not None and verdicts.champions.is_active
        kept_phases = (
            *((CHAMPIONS_PHASE,) if is_training else ()),
            *((ANALYSIS_PHASE,) if not sweep.spec.analysis.disabled else ()),
        )
        leaving = leave(sweep, observation, kept_phases)
        return Plan.of(*leaving.actions, *champions(sweep, observation, verdicts))
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
        new_job(situation),
        resize(situation),
        *lost_pods(sweep, observation),
        *held_pods(observation),
        *restarts(situation),
    )


def leave(sweep: Sweep, observation: Observation, kept_phases: tuple[str, ...] = ()) -> Plan:
    """End the pods of a sweep that has ended or is being deleted, and leave no trial RUNNING.

    A Job of any phase that could still start pods is suspended, but for `kept_phases`, which begin after the end; its
    record stays until the sweep is deleted.
    """
    return Plan.of(
        reap(sweep, observation, is_final=sweep.spec.is_terminating),
        *(
            ResizeJob(job.name, job.parallelism, is_suspended=True)
            for job in observation.jobs
            if not (job.has_ended or job.is_suspended or job.phase in kept_phases)
        ),
        *lost_pods(sweep, observation),
    )


def release(sweep: Sweep, observation: Observation) -> Plan:
    """Leave a sweep that is being deleted, then delete or disown its study once no worker can write to it."""
    leaving = Plan.of(all_pods(observation), *leave(sweep, observation).actions, leave_champions(sweep, observation))
    studies = own_studies(sweep, observation)
    if not studies or leaving.of_kind(ResizeJob) or observation.live_pods:
        return leaving
    if sweep.spec.deletion_policy == DELETE_STUDY:
        return Plan.of(*leaving.actions, *(DeleteStudy(study.name) for study in studies))
    return Plan.of(*leaving.actions, *(DisownStudy(study.id, study.name, sweep.uid) for study in studies))


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
