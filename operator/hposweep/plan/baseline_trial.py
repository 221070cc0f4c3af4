"""The baseline trial and its Job: enqueued and created when an attempt is to run. Called by `planner`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hposweep.api.corners import corners
from hposweep.api.domain import Domain
from hposweep.api.names import BASELINE_PHASE, INPUT_ANNOTATION, job_attempt
from hposweep.api.sweep import Sweep
from hposweep.model.enqueueing import EnqueueBaseline, EnqueuedTrial
from hposweep.model.observation import Observation
from hposweep.model.plan import CreateJob, ResizeJob
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts
from hposweep.plan.job import phase_job, phase_template, suspend_or_resume
from hpotrial import protocol
from hpotrial.protocol.baseline import BaselineMark


def baseline_trial(
    sweep: Sweep, observation: Observation, verdicts: Verdicts, study: Study
) -> tuple[EnqueueBaseline | CreateJob | ResizeJob, ...]:
    """Return the actions on the trial and its Jobs.

    A second pod is impossible: the attempt's number is in the Job's name, and a worker runs the trial with its own key
    only. A Job of an earlier attempt that has not ended, as one whose pod finds no node, is suspended.
    """
    attempt, spec = verdicts.baseline_trial.attempt, sweep.spec.baseline_trial
    if attempt is None or spec is None:
        return _suspend_or_resume(sweep, observation, verdicts, study)
    domains = {item.name: Domain(item) for item in sweep.spec.search_space}
    points = corners(sweep.spec.search_space, spec.params) if spec.corners else {}
    trial, *corner_trials = (
        _trial(domains, params, replace(attempt, corner=corner))
        for corner, params in (("", spec.params), *points.items())
    )
    earlier = (
        ResizeJob(job.name, 1, is_suspended=True)
        for job in observation.baseline_trial.jobs
        if not (job.has_ended or job.is_suspended) and job_attempt(sweep.name, BASELINE_PHASE, job.name) > 0
    )
    manifest = phase_job(
        sweep,
        BASELINE_PHASE,
        phase_template(sweep, BASELINE_PHASE, verdicts.ledger.gpus_per_worker, attempt.key),
        attempt=attempt.attempt,
        size=1,
        study_id=study.id,
        is_suspended=False,
        annotations={INPUT_ANNOTATION: attempt.key},
    )
    enqueue = (EnqueueBaseline(study.id, trial, tuple(corner_trials)),) if verdicts.baseline_trial.is_new else ()
    return (*earlier, *enqueue, CreateJob(manifest))


def _trial(domains: Mapping[str, Domain], params: Mapping[str, Any], mark: BaselineMark) -> EnqueuedTrial:
    """Return a trial with values as the objective gets them."""
    typed = {name: domains[name].typed(value) if name in domains else value for name, value in params.items()}
    return EnqueuedTrial(typed, {protocol.BASELINE: mark.to_json()})


def _suspend_or_resume(
    sweep: Sweep, observation: Observation, verdicts: Verdicts, study: Study
) -> tuple[ResizeJob, ...]:
    """Suspend the Job of a paused sweep, and one that is not needed. A stop that drains lets the trial end."""
    workers = observation.baseline_trial
    is_needed = sweep.spec.baseline_trial is not None and not observation.search.has_started
    is_needed = is_needed and (verdicts.stop is None or study.counts.running > 0)
    has_result = sweep.spec.baseline_trial is not None and verdicts.baseline_trial.has_result
    resize = suspend_or_resume(
        sweep, workers, BASELINE_PHASE, observation.now, has_result=has_result, is_needed=is_needed
    )
    return (resize,) if resize is not None else ()
