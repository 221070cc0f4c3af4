"""The end of the sweep and its reason. Called by `judge`; `report` latches it in the conditions Complete and Failed."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.sweep import Sweep
from hposweep.judge.no_result import no_trial_completed
from hposweep.model.history import History
from hposweep.model.observation import Fault, Observation
from hposweep.model.trials import Counts, Study
from hposweep.model.verdicts import End, Stop
from hposweep.text import count
from hpotrial.protocol import EXIT_DONE

# Faults in fields that cannot be changed: only another sweep can fix them. Once workers exist, no later fault may end
# the sweep, because it would cost the trials that they ran.
_FATAL_FAULTS = (conditions.INVALID_SPEC, conditions.INVALID_TEMPLATE)


def end(
    sweep: Sweep, observation: Observation, faults: tuple[Fault, ...], failed: End | None, stop: Stop | None
) -> End | None:
    """Return the end, or None while work is left or the study cannot be read. `failed`: too many trials failed."""
    fatal = next((fault for fault in faults if fault.reason in _FATAL_FAULTS), None)
    if fatal is not None and not observation.search.has_started:
        return End(conditions.INVALID_SPEC, fatal.message, is_failure=True)
    if not observation.search.all_stopped:
        return None
    study = observation.storage.study
    if study is None:
        # A stop before the first trial needs no database.
        if stop is None or observation.search.has_started or sweep.has_had_trials:
            return None
        return _or_failure(_stopped(sweep, stop, 0), stop, Counts(), None)
    if study.owner != sweep.uid or study.counts.running > (_foreign(sweep, study) if stop is not None else 0):
        return None
    if failed is not None:
        return failed
    ending = _ending(sweep, observation, study, stop)
    return _or_failure(ending, stop, study.counts, observation.history) if ending is not None else None


def _foreign(sweep: Sweep, study: Study) -> int:
    """Return the number of running trials of other programs, which a stop of this sweep does not end."""
    return sum(trial.pod_uid is None for trial in study.running) if sweep.spec.study.adopt else 0


def _or_failure(ending: End, stop: Stop | None, counts: Counts, history: History | None) -> End:
    """Return the end, which is a failure when no trial completed. A person's stop never is."""
    if ending.is_failure or counts.complete or (stop is not None and stop.is_by_person):
        return ending
    return no_trial_completed(ending, counts, history)


def _ending(sweep: Sweep, observation: Observation, study: Study, stop: Stop | None) -> End | None:
    """Return the end as if trials had completed."""
    counts = study.counts
    is_spent = counts.finished >= sweep.spec.trials.max
    if study.breaker is not None and stop is None and not is_spent:
        return None  # a person has to fix the cause first; a wasted budget is no success
    if stop is not None and stop.trials is not None:
        is_new = sweep.status is None or sweep.status.stop_when is None
        is_first = is_new and not observation.search.has_started
        return _stopped(sweep, stop, counts.finished, is_first=is_first)
    if is_spent:
        return End(conditions.BUDGET_REACHED, f"{counts.finished} of {sweep.spec.trials.max} trials finished")
    if stop is not None:
        return _stopped(sweep, stop, counts.finished)
    if study.is_stopped:
        message = f"the sampler or the objective stopped the study after {count(counts.finished, 'trial')}"
        return End(conditions.STUDY_STOPPED, message)
    return _workers_failed(observation, study)


def _stopped(sweep: Sweep, stop: Stop, finished: int, *, is_first: bool = False) -> End:
    """Return the end with the number of trials at the moment of the stop, and at the end when it is another one.

    `is_first`: the study had reached it before there was a worker.
    """
    moment = stop.trials if stop.trials is not None else finished
    later = f"; {count(finished, 'trial')} had finished at the end" if finished > moment else ""
    before = "; the study had reached this before, so no worker was started" if is_first else ""
    message = f"{stop.message} after {moment} of {sweep.spec.trials.max} trials{before or later}"
    return End(stop.reason, message, is_failure=stop.is_failure)


def _workers_failed(observation: Observation, study: Study) -> End | None:
    failed = next((job for job in observation.search.jobs if job.is_failed and not job.allows_successor), None)
    if failed is None:
        return None
    messages = (pod.termination_message for pod in observation.search.pods if pod.exit_code != EXIT_DONE)
    error = next((message for message in messages if message), failed.message)
    message = f"all workers failed after {count(study.counts.finished, 'trial')}: {error}"
    return End(conditions.WORKERS_FAILED, message, is_failure=True)
