"""All conditions of a sweep: status, reason and message of each. Called by `status`, once per pass."""

from __future__ import annotations

from hposweep.api import conditions as c
from hposweep.api.names import BASELINE_PHASE, tier_condition
from hposweep.api.sweep import Sweep
from hposweep.model.gate import Gate
from hposweep.model.observation import Observation
from hposweep.model.verdicts import Outcome, Outlook, TierVerdict, Verdicts
from hposweep.report.approval import approved
from hposweep.report.champions import champions_validated
from hposweep.report.condition import ConditionDraft
from hposweep.report.decisions import on_track
from hposweep.report.end import end_drafts
from hposweep.report.health import healthy
from hposweep.report.phase_gate import latest_attempt, phase_gate
from hposweep.report.preflight import preflight_passed
from hposweep.report.workers import workers_ready

_TIER_REASONS = {Outcome.TRUE: c.ALL_CRITERIA_MET, Outcome.FALSE: c.CRITERIA_NOT_MET, Outcome.UNKNOWN: c.NOT_YET}


def condition_drafts(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> tuple[ConditionDraft, ...]:
    """Return all conditions, in the order in which a sweep meets them."""
    workers = workers_ready(sweep, observation, verdicts)
    return (
        _gate(c.ACCEPTED, verdicts.accepted),
        _storage(verdicts),
        preflight_passed(sweep, observation, verdicts),
        _baseline_passed(sweep, observation, verdicts),
        approved(sweep, verdicts),
        workers,
        healthy(sweep, observation, verdicts, workers),
        _suspended(sweep),
        *on_track(sweep, verdicts),
        *(_tier(verdict, verdicts.outlook) for verdict in verdicts.tiers),
        *champions_validated(sweep, observation, verdicts),
        *end_drafts(sweep, verdicts),
    )


def _gate(kind: str, gate: Gate) -> ConditionDraft:
    if gate.is_open:
        return ConditionDraft(kind, c.TRUE, gate.reason, gate.message)
    return ConditionDraft(kind, c.UNKNOWN if gate.reason == c.PENDING else c.FALSE, gate.reason, gate.message)


def _storage(verdicts: Verdicts) -> ConditionDraft:
    if verdicts.storage.reason == c.PENDING and not verdicts.accepted.is_open:
        message = "the study is created once the sweep is accepted"
        return ConditionDraft(c.STORAGE_READY, c.UNKNOWN, c.PENDING, message)
    return _gate(c.STORAGE_READY, verdicts.storage)


def _baseline_passed(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> ConditionDraft:
    gate, due = verdicts.baseline_trial.gate, verdicts.baseline_trial.attempt
    ended = due.attempt - 1 if due is not None else 0
    workers = latest_attempt(observation.baseline_trial, sweep.name, BASELINE_PHASE, ended)
    return phase_gate(c.BASELINE_PASSED, "the baseline pod", gate, workers, observation.now, has_failed=False)


def _suspended(sweep: Sweep) -> ConditionDraft:
    if sweep.spec.suspend:
        message = "`spec.suspend` is true: no worker runs until it is false"
        return ConditionDraft(c.SUSPENDED, c.TRUE, c.SUSPENDED, message)
    before = sweep.status.condition(c.SUSPENDED) if sweep.status else None
    if before is not None and (before.is_true or before.reason == c.RESUMED):
        return ConditionDraft(c.SUSPENDED, c.FALSE, c.RESUMED, "resumed: `spec.suspend` is false again")
    return ConditionDraft(c.SUSPENDED, c.FALSE, c.PENDING, "`spec.suspend` is false")


def _tier(verdict: TierVerdict, outlook: Outlook | None) -> ConditionDraft:
    reason = c.CANNOT_TELL if verdict.cannot_tell else _TIER_REASONS[verdict.outcome]
    message = "; ".join(f"{entry.message} ({entry.outcome})" for entry in verdict.criteria)
    if outlook is not None and outlook.tier == verdict.tier:
        message += f"; {outlook.message}"
    return ConditionDraft(tier_condition(verdict.tier), verdict.outcome.value, reason, message)
