"""What should exist now, given what is true and what it means. The one entry of this floor, called by `reconcile`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hposweep.api import conditions
from hposweep.api.names import search_job_attempt
from hposweep.api.spec import STOP_DRAIN, STOP_TERMINATE
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import Control, CreateStudy, Plan
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts
from hposweep.model.workers import Job, Workers
from hposweep.plan.control import control
from hposweep.plan.job import search_job
from hposweep.plan.trials import reap


def plan(sweep: Sweep, seen: Observation, verdicts: Verdicts) -> Plan:
    """Everything that is to be done in this pass. Applying it twice does nothing the second time."""
    study = seen.storage.study
    if sweep.has_ended or verdicts.end is not None:
        return Plan(apply=_put_away(sweep, seen.workers, study), reap=reap(sweep, seen))
    if not verdicts.storage.is_open or study is None:
        return _before_the_study(sweep, verdicts)
    may_run = verdicts.accepted.is_open or bool(seen.workers.jobs)
    return Plan(
        control=Control(study.id, control(sweep)) if study.control != control(sweep) else None,
        apply=_search(sweep, seen.workers, study) if may_run else (),
        reap=reap(sweep, seen),
    )


def leave(sweep: Sweep, seen: Observation) -> Plan:
    """For a sweep that is being deleted: no worker may go on, no trial may be left running."""
    return Plan(apply=_put_away(sweep, seen.workers, seen.storage.study), reap=reap(sweep, seen))


def _before_the_study(sweep: Sweep, verdicts: Verdicts) -> Plan:
    is_pending = verdicts.storage.reason == conditions.PENDING
    if not (is_pending and verdicts.accepted.is_open) or sweep.spec.is_stopping:
        return Plan()
    goals = sweep.spec.study.objectives
    return Plan(
        create_study=CreateStudy(
            name=sweep.study_name,
            directions=tuple(goal.direction.upper() for goal in goals),
            metric_names=tuple(goal.name for goal in goals),
            owner=sweep.uid,
        )
    )


def _search(sweep: Sweep, workers: Workers, study: Study) -> tuple[Mapping[str, Any], ...]:
    """The search Job as it should be, when it is not."""
    job, attempt = _latest(sweep, workers)
    if job is None and sweep.spec.is_stopping:
        return ()
    if job is None or (job.has_ended and _goes_on(sweep, job, workers, study)):
        return (search_job(sweep, attempt=attempt + 1, study_id=study.id, suspend=sweep.spec.suspend),)
    if job.has_ended:
        return ()
    wanted = search_job(sweep, attempt=attempt, study_id=study.id, suspend=_is_suspended(sweep, workers, study))
    shape = (wanted["spec"]["parallelism"], wanted["spec"]["suspend"])
    return (wanted,) if shape != (job.parallelism, job.is_suspended) else ()


def _goes_on(sweep: Sweep, job: Job, workers: Workers, study: Study) -> bool:
    """Its workers saw the budget spent, but a trial was handed back or the budget was raised since."""
    left = study.counts.charged < sweep.spec.trials.max and not study.is_stopped
    return job.is_complete and left and workers.are_gone and not sweep.spec.is_stopping


def _is_suspended(sweep: Sweep, workers: Workers, study: Study) -> bool:
    if sweep.spec.suspend or sweep.spec.stop == STOP_TERMINATE:
        return True
    if sweep.spec.stop == STOP_DRAIN:
        # Workers end by themselves when their trial has ended; pods that never started would wait for ever.
        was_told = study.control == control(sweep)
        return was_told and not study.counts.running and len(workers.running_pods) < len(workers.live_pods)
    return False


def _put_away(sweep: Sweep, workers: Workers, study: Study | None) -> tuple[Mapping[str, Any], ...]:
    """A Job that could still start pods is suspended; its record stays until the sweep goes."""
    job, attempt = _latest(sweep, workers)
    if job is None or job.has_ended or job.is_suspended:
        return ()
    return (search_job(sweep, attempt=attempt, study_id=study.id if study else None, suspend=True),)


def _latest(sweep: Sweep, workers: Workers) -> tuple[Job | None, int]:
    numbered = [(search_job_attempt(sweep.name, job.name), job) for job in workers.jobs]
    attempt, job = max(numbered, key=lambda pair: pair[0], default=(0, None))
    return job, attempt
