"""The phase of the champions: when it starts, what it waits for, and what its end means. Called by `judge`.

The study of the champions is the record: a trial for each configuration and seed, enqueued once. So neither a restart
nor a Job that is gone trains one twice.
"""

from __future__ import annotations

from dataclasses import replace

from hposweep.api import conditions as c
from hposweep.api.champions import ChampionsSpec
from hposweep.api.champions_sweep import champions_study_name, champions_sweep
from hposweep.api.sweep import Sweep
from hposweep.judge.champions.claim import hindrance
from hposweep.judge.champions.comparison import compare_champions
from hposweep.judge.champions.selection import champions_in, select, trials_by_seed
from hposweep.judge.champions.sentence import conclusion
from hposweep.judge.end import end
from hposweep.judge.gpus import gpus_of
from hposweep.model.champions import Champion, ChampionsStudy, ChampionsVerdict
from hposweep.model.gate import Gate
from hposweep.model.observation import Observation
from hposweep.model.verdicts import End, Stop
from hposweep.text import count

# Ends after which nothing else is trained: a person or a rule said no, or a limit of time or GPU time is reached.
_UNWANTED_ENDS = (c.STOPPED_BY_USER, c.STOPPED_BY_DECISION, c.TIME_REACHED, c.GPU_BUDGET_REACHED)


def champions(
    sweep: Sweep, observation: Observation, ending: End | None, accepted: Gate, approval: Gate
) -> ChampionsVerdict | None:
    """Return the verdict, None for a sweep without champions. `ending`: of the search, in this pass.

    The gates are those of the sweep: what was refused to its search, no champion may run either.
    """
    spec = sweep.spec.champions
    if spec is None:
        return None
    before = sweep.status.condition(c.CHAMPIONS_VALIDATED) if sweep.status is not None else None
    if not sweep.has_ended:
        message = f"{count(spec.trials, 'trial')} of champions start once the search has completed"
        return ChampionsVerdict(c.UNKNOWN, c.PENDING, message, is_active=ending is not None)
    if before is not None and before.reason in c.FINAL_OF_CHAMPIONS:
        return _final(sweep, observation, before)
    refusal = _skipped_after_end(sweep, approval)
    if refusal and not observation.champion_workers.has_started:
        return ChampionsVerdict(c.FALSE, c.SKIPPED, refusal)
    return _running(sweep, spec, observation, accepted)


def _final(sweep: Sweep, observation: Observation, before: c.Condition) -> ChampionsVerdict:
    """Return the verdict that was reached, with its comparison while the study can be read."""
    verdict = ChampionsVerdict(before.status, before.reason, before.message)
    study = observation.champions
    if before.reason not in c.COMPARED_CHAMPIONS or study is None:
        return verdict
    names = champions_in(sweep.uid, study.history)
    return replace(
        verdict, champions=names, result=compare_champions(sweep, names, study.history, observation.baseline)
    )


def _running(sweep: Sweep, spec: ChampionsSpec, observation: Observation, accepted: Gate) -> ChampionsVerdict:
    training, name = observation.champions, champions_study_name(sweep)
    if not observation.storage.is_reachable or training is None:
        message = f"study `{name}` cannot be read: {observation.storage.message}"
        return ChampionsVerdict(c.UNKNOWN, c.RUNNING, message, is_active=True)
    hindered = hindrance(sweep, training.study, training.other_owner) if training.study is not None else ""
    if hindered:
        return ChampionsVerdict(c.UNKNOWN, c.WAITING, hindered, is_active=True)
    names = champions_in(sweep.uid, training.history)
    is_enqueued = bool(names)
    if not is_enqueued:
        history = observation.history
        if history is None:
            message = f"study `{sweep.study_name}` does not exist any more, so its best trials are unknown"
            return ChampionsVerdict(c.FALSE, c.FAILED, message)
        names = select(spec, sweep.spec.study.objectives, history)
        fault = _fault(spec, names)
        if fault:
            return ChampionsVerdict(c.FALSE, c.FAILED, fault)
    trials = len(trials_by_seed(sweep.uid, training.history)) or len(names) * spec.seeds
    phase_sweep = champions_sweep(sweep, spec, (training.study.existing if training.study is not None else 0) + trials)
    verdict = ChampionsVerdict(
        c.UNKNOWN,
        c.RUNNING,
        "",
        is_active=True,
        champions=names,
        is_enqueued=is_enqueued,
        finished=_finished(training, sweep.uid),
        gpus_per_worker=gpus_of(phase_sweep.spec.workers, observation.gpu_weights),
    )
    phase_end = _end(phase_sweep, observation, training) if is_enqueued else None
    if phase_end is None and not (accepted.is_open or observation.champion_workers.has_started):
        message = f"no champion is trained while the sweep is refused: {accepted.message}"
        return replace(verdict, reason=c.WAITING, message=message, champions=names if is_enqueued else ())
    if phase_end is None:
        return progress(verdict, trials, training)
    return _ended(sweep, observation, replace(verdict, is_active=False), training, phase_end)


def _end(phase_sweep: Sweep, observation: Observation, training: ChampionsStudy) -> End | None:
    """Return the end of the phase, by the rules of a search."""
    stop = None
    if phase_sweep.spec.is_stopping:
        message = f"the champions were stopped by `spec.stop: {phase_sweep.spec.stop}`"
        stop = Stop(phase_sweep.spec.stop, c.STOPPED_BY_USER, message, is_by_person=True)
    return end(phase_sweep, observation.champions_as_search, (), None, stop)


def _ended(
    sweep: Sweep, observation: Observation, verdict: ChampionsVerdict, training: ChampionsStudy, phase_end: End
) -> ChampionsVerdict:
    result = compare_champions(sweep, verdict.champions, training.history, observation.baseline)
    if phase_end.is_failure or phase_end.reason == c.STOPPED_BY_USER:
        reason = c.STOPPED if phase_end.reason == c.STOPPED_BY_USER else c.FAILED
        return replace(verdict, status=c.FALSE, reason=reason, message=phase_end.message, result=result)
    status, reason, message = conclusion(sweep, result)
    return replace(verdict, status=status, reason=reason, message=message, result=result)


def _skipped_after_end(sweep: Sweep, approval: Gate) -> str:
    """Return why no champion is trained after the end that the status has; "" when they are."""
    status = sweep.status
    ends = [status.condition(kind) for kind in (c.COMPLETE, c.FAILED)] if status is not None else []
    reached = next((entry for entry in ends if entry is not None and entry.is_true), None)
    refusal = _skipped(reached.reason, is_failure=reached.type == c.FAILED) if reached is not None else ""
    if not refusal and sweep.spec.is_stopping:
        return f"no champion is trained, because `spec.stop` is {sweep.spec.stop}"
    if not refusal and not approval.is_open:
        return f"no champion is trained, because {approval.message}"
    return refusal


def _skipped(reason: str, *, is_failure: bool) -> str:
    """Return why no champion is trained after such an end; "" when they are."""
    if is_failure:
        return f"no champion is trained, because the search has failed ({reason})"
    if reason in _UNWANTED_ENDS:
        return f"no champion is trained, because the search was ended early ({reason})"
    return ""


def _fault(spec: ChampionsSpec, names: tuple[Champion, ...]) -> str:
    """Return why the champions of the search cannot be trained; "" when they can."""
    if not names:
        return "no trial of the search has a finite value that keeps all constraints, so there is no champion"
    parameters = {name for champion in names for name in champion.params}
    override = min(spec.overrides.keys() & parameters, default=None)
    if override is None:
        return ""
    return (
        f"`spec.champions.overrides.{override}` is a parameter of the search, and a champion keeps its parameters. "
        "Create another sweep without it"
    )


def _finished(training: ChampionsStudy, uid: str) -> int:
    entries = trials_by_seed(uid, training.history).values()
    return sum(any(trial.is_finished for trial in trials) for _, trials in entries)


def progress(verdict: ChampionsVerdict, trials: int, training: ChampionsStudy) -> ChampionsVerdict:
    """Return the verdict with its message, and with a reason of its own when a person has to go on."""
    if not verdict.is_enqueued:
        start = f"{count(trials, 'trial')} of {count(len(verdict.champions), 'champion')} are about to start"
        return replace(verdict, message=start)
    running = training.study.counts.running if training.study is not None else 0
    breaker = training.study.breaker if training.study is not None else None
    if breaker is not None:
        message = (
            f"the circuit breaker is open: {breaker.error}. Fix the cause, then set `spec.suspend` to true and back to "
            f"false; {verdict.finished} of {trials} trials of champions have finished"
        )
        return replace(verdict, reason=c.FAILING_IMMEDIATELY, message=message)
    message = f"{verdict.finished} of {trials} trials of champions have finished, {running} running"
    return replace(verdict, message=message)
