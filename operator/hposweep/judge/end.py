"""Is the sweep over, and how? Called by `classify`. Once it is over it stays so: `report` latches the two ends."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Fault, Observation
from hposweep.model.trials import Study
from hposweep.model.verdicts import End, Stop
from hpotrial.protocol import EXIT_DONE

# Faults in fields that cannot be changed: only another sweep can mend them. Once workers exist the spec has proven
# itself, and no later fault may cost the trials that they ran.
_FATAL_FAULTS = (conditions.INVALID_SPEC, conditions.INVALID_TEMPLATE)


def end(
    sweep: Sweep, seen: Observation, faults: tuple[Fault, ...], failed: End | None, stop: Stop | None
) -> End | None:
    """None while there is something left to do, or while nobody can tell. `failed`: too many trials did."""
    fatal = next((fault for fault in faults if fault.reason in _FATAL_FAULTS), None)
    if fatal is not None and not seen.search.has_started:
        return End(conditions.INVALID_SPEC, fatal.message, is_failure=True)
    if not seen.search.all_stopped:
        return None
    study = seen.storage.study
    if study is None:
        # A stop before the study exists needs no database to be believed.
        return _stopped(sweep, stop, 0) if stop is not None and not seen.search.has_started else None
    if study.owner != sweep.uid or study.counts.running:
        return None
    if failed is not None:
        return failed
    if study.breaker is not None and stop is None:
        return None  # somebody has to look first; a budget that was wasted is no success
    if study.counts.finished >= sweep.spec.trials.max:
        message = f"{study.counts.finished} of {sweep.spec.trials.max} trials finished"
        return End(conditions.BUDGET_REACHED, message)
    if stop is not None:
        return _stopped(sweep, stop, study.counts.finished)
    if study.is_stopped:
        message = f"the sampler or the objective stopped the study after {study.counts.finished} trials"
        return End(conditions.STUDY_STOPPED, message)
    return _workers_failed(seen, study)


def _stopped(sweep: Sweep, stop: Stop, finished: int) -> End:
    return End(stop.reason, f"{stop.message} after {finished} of {sweep.spec.trials.max} trials")


def _workers_failed(seen: Observation, study: Study) -> End | None:
    failed = next((job for job in seen.search.jobs if job.is_failed and not job.allows_successor), None)
    if failed is None:
        return None
    words = next(
        (pod.termination_message for pod in seen.search.pods if pod.termination_message and pod.exit_code != EXIT_DONE),
        "",
    )
    message = f"after {study.counts.finished} trials: {words or failed.message}"
    return End(conditions.WORKERS_FAILED, message, is_failure=True)
