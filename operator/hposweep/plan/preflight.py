"""The preflight's Job: created when an attempt is due, suspended while the sweep is. Called by `planner`."""

from __future__ import annotations

from hposweep.api.names import INPUT_ANNOTATION, PREFLIGHT_PHASE
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import CreateJob, ResizeJob
from hposweep.model.verdicts import Verdicts
from hposweep.plan.job import phase_job, phase_template, suspend_or_resume

# A sweep that waits for weeks must not collect Jobs; the status has the results and the number of the last attempt.
KEPT_SECONDS = 86_400


def preflight_job(
    sweep: Sweep, observation: Observation, verdicts: Verdicts, study_id: int
) -> CreateJob | ResizeJob | None:
    """Return the action on the preflight's Job.

    A second pod is impossible: the attempt's number is in the Job's name, and an attempt whose Job exists is not due.
    """
    verdict = verdicts.preflight
    if verdict.next_attempt is not None:
        job = phase_job(
            sweep,
            PREFLIGHT_PHASE,
            phase_template(sweep, PREFLIGHT_PHASE, verdicts.ledger.gpus_per_worker),
            attempt=verdict.next_attempt,
            size=1,
            study_id=study_id,
            is_suspended=False,
            backoff_limit_per_index=0,  # a failed pod is a result
            ttl_seconds=KEPT_SECONDS,
            annotations={INPUT_ANNOTATION: verdict.input},
        )
        return CreateJob(job)
    return _suspend_or_resume(sweep, observation, verdicts)


def _suspend_or_resume(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> ResizeJob | None:
    """Suspend the Job of a paused sweep, and one whose results are known or whose checks were removed."""
    workers = observation.preflight
    _, attempt = workers.latest_job(sweep.name, PREFLIGHT_PHASE)
    run = sweep.status.preflight_run if sweep.status is not None else None
    has_result = run is not None and run.attempt >= attempt
    is_needed = sweep.spec.preflight is not None and not observation.search.has_started and verdicts.stop is None
    return suspend_or_resume(
        sweep, workers, PREFLIGHT_PHASE, observation.now, has_result=has_result, is_needed=is_needed
    )
