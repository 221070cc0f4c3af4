"""The whole status of one pass. The entry point of this package, called by `reconcile`; equal input, equal status."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hposweep.api.conditions import Condition
from hposweep.api.names import SWEEP_LABEL, tier_condition
from hposweep.api.status import (
    BaselineStatus,
    BestStatus,
    RewoundStatus,
    Status,
    StopWhenStatus,
    StudyStatus,
    TierStatus,
    TrialsStatus,
    WorkersStatus,
)
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.rewind import Rewind
from hposweep.model.source_state import SourceState
from hposweep.model.trials import Study
from hposweep.model.verdicts import Outcome, ReachedRule, TierVerdict, Verdicts
from hposweep.report import decisions, summary
from hposweep.report.champions import champions_status
from hposweep.report.conditions import condition_drafts
from hposweep.report.eta import latched_eta
from hposweep.report.health import rows
from hposweep.report.ledger import cost_status, gpu_seconds_status
from hposweep.report.preflight import check_rows, preflight_run_status
from hposweep.report.study_start import study_start_status
from hposweep.report.success import baseline_status, tier_status, verdict_word
from hposweep.report.summary import StatusDraft
from hposweep.report.trials import best_status, trials_status
from hposweep.report.workers import workers_ready


def report(sweep: Sweep, observation: Observation, verdicts: Verdicts, now: datetime) -> Status:
    """Return the status. What could not be read keeps its last value, because an error says nothing about trials."""
    before, now = sweep.status, now.replace(microsecond=0)
    study = observation.storage.study if verdicts.storage.is_open else None
    conditions = _conditions(sweep, observation, verdicts, now)
    trials, best = _trials(sweep, study), _best(sweep, study)
    workers = _workers(sweep, observation, verdicts)
    start_time = before.start_time if before else None
    eta = latched_eta(sweep, verdicts, trials, workers)
    gpu_seconds = gpu_seconds_status(sweep, verdicts.ledger, trials, now)
    cost = cost_status(sweep, gpu_seconds, eta)
    draft = StatusDraft(
        sweep,
        verdicts,
        {entry.type: entry for entry in conditions},
        trials,
        workers,
        best,
        eta,
        observation.baseline.best if observation.baseline is not None else None,
        cost,
    )
    success = tuple(_tier(sweep, observation, verdict) for verdict in verdicts.tiers)
    return Status(
        observed_generation=sweep.generation,
        state=summary.state(draft),
        message=_message(draft, observation),
        study=replace(_study(sweep, study, observation), rewound=_rewound(verdicts.rewind)),
        trials=trials,
        progress=f"{trials.finished}/{trials.max}",
        workers=workers,
        replicas=workers.running + workers.pending,
        selector=f"{SWEEP_LABEL}={sweep.name}",
        verdict=verdict_word(success),
        best=best,
        start_time=start_time or (now if verdicts.accepted.is_open and verdicts.approval.is_open else None),
        completion_time=((before.completion_time if before else None) or now) if draft.has_ended else None,
        storage=check_rows(verdicts.storage_checks),
        preflight=check_rows(verdicts.preflight.run.findings if verdicts.preflight.run is not None else ()),
        preflight_run=preflight_run_status(verdicts.preflight.run),
        baseline=_baseline(sweep, observation, verdicts),
        study_start=study_start_status(sweep, observation),
        champions=champions_status(sweep, verdicts),
        approval=verdicts.approval_record,
        decisions=tuple(decisions.row(entry) for entry in verdicts.decisions),
        stop_when=stop_when_status(verdicts.reached),
        eta=eta,
        gpu_seconds=gpu_seconds,
        cost=cost,
        health=rows(sweep, observation, verdicts, workers_ready(sweep, observation, verdicts)),
        success=success,
        conditions=conditions,
    )


def stop_when_status(rule: ReachedRule | None) -> StopWhenStatus | None:
    """Return the row from which every later pass reads the rule."""
    if rule is None:
        return None
    return StopWhenStatus(rule.rule, rule.reason, rule.message, rule.time, rule.trials, rule.trial)


def _conditions(sweep: Sweep, observation: Observation, verdicts: Verdicts, now: datetime) -> tuple[Condition, ...]:
    """Return the conditions with times. After the end, a tier whose source has failed keeps its last condition."""
    before = {entry.type: entry for entry in sweep.status.conditions} if sweep.status else {}
    latched = (verdict for verdict in verdicts.tiers if _is_latched(sweep, observation, verdict))
    latched_types = {tier_condition(verdict.tier) for verdict in latched}
    return tuple(
        before[entry.type]
        if entry.type in latched_types
        else entry.stamp(now, sweep.generation, before.get(entry.type))
        for entry in condition_drafts(sweep, observation, verdicts)
    )


def _message(draft: StatusDraft, observation: Observation) -> str:
    """Return the summary. After the end, a source that has failed does not replace the last one."""
    before = draft.sweep.status
    is_unreadable = not draft.verdicts.storage.is_open or _has_lost_baseline(observation)
    if before is not None and before.has_ended and before.message and is_unreadable:
        return before.message
    return summary.message(draft)


def _is_latched(sweep: Sweep, observation: Observation, verdict: TierVerdict) -> bool:
    has_failed = verdict.cannot_tell or (verdict.outcome is Outcome.UNKNOWN and _has_lost_baseline(observation))
    has_condition = sweep.status is not None and sweep.status.condition(tier_condition(verdict.tier)) is not None
    return has_failed and sweep.has_ended and has_condition


def _has_lost_baseline(observation: Observation) -> bool:
    return observation.baseline is not None and bool(observation.baseline.fault)


def _study(sweep: Sweep, study: Study | None, observation: Observation) -> StudyStatus:
    if study is not None:
        newest = SourceState.newest(observation.history)
        return StudyStatus(study.name, study.id, newest.commit or None, newest.image or None)
    return sweep.status.study if sweep.status else StudyStatus(sweep.study_name)


def _rewound(loss: Rewind | None) -> RewoundStatus | None:
    return RewoundStatus(loss.before, loss.after, loss.time, loss.finished) if loss is not None else None


def _trials(sweep: Sweep, study: Study | None) -> TrialsStatus:
    if study is not None:
        existing = None if sweep.spec.study.count_existing else sweep.existing_trials
        trials = trials_status(sweep.spec.trials.max, study)
        return replace(trials, existing=existing, baseline=sweep.baseline_trials or None)
    before = sweep.status.trials if sweep.status else TrialsStatus(sweep.spec.trials.max)
    return replace(before, max=sweep.spec.trials.max)


def _best(sweep: Sweep, study: Study | None) -> BestStatus | None:
    if study is not None:
        return best_status(sweep.spec.study.objectives, study)
    return sweep.status.best if sweep.status else None


def _baseline(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> BaselineStatus | None:
    is_study_unread = not verdicts.storage.is_open or observation.storage.study is None
    is_unreadable = is_study_unread or (sweep.has_ended and _has_lost_baseline(observation))
    if is_unreadable and sweep.status is not None and sweep.status.baseline is not None:
        return sweep.status.baseline if sweep.spec.baseline is not None else None
    return baseline_status(verdicts.comparison)


def _workers(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> WorkersStatus:
    study = observation.storage.study
    is_over = sweep.has_ended or verdicts.end is not None or verdicts.pending_end is not None or sweep.spec.suspend
    is_over = is_over or not verdicts.approval.is_open or (study is not None and study.breaker is not None)
    running = len(observation.search.running_pods)
    pending = sum(pod.phase == "Pending" for pod in observation.search.live_pods)
    return WorkersStatus(desired=0 if is_over else sweep.spec.workers.replicas, running=running, pending=pending)


def _tier(sweep: Sweep, observation: Observation, verdict: TierVerdict) -> TierStatus:
    if _is_latched(sweep, observation, verdict) and sweep.status is not None:
        return next(entry for entry in sweep.status.success if entry.tier == verdict.tier)
    return tier_status(verdict)
