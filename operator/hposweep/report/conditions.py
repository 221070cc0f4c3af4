"""Each condition: status, reason, and a sentence with numbers. Called by `status`, once per pass."""

from __future__ import annotations

from hposweep.api import conditions as c
from hposweep.api.names import tier_condition
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.verdicts import Gate, Outcome, Outlook, TierVerdict, Verdicts
from hposweep.report.condition import Words
from hposweep.report.decisions import on_track
from hposweep.report.health import healthy
from hposweep.report.workers import workers_ready

_TIER_REASONS = {Outcome.TRUE: c.ALL_CRITERIA_MET, Outcome.FALSE: c.CRITERIA_NOT_MET, Outcome.UNKNOWN: c.NOT_YET}


def words(sweep: Sweep, seen: Observation, verdicts: Verdicts) -> tuple[Words, ...]:
    """All conditions, in the order in which a sweep meets them."""
    workers = workers_ready(sweep, seen, verdicts)
    return (
        _gate(c.ACCEPTED, verdicts.accepted),
        _storage(verdicts),
        workers,
        healthy(sweep, seen, verdicts, workers),
        _suspended(sweep),
        *on_track(sweep, verdicts),
        *(_tier(verdict, verdicts.outlook) for verdict in verdicts.tiers),
        _complete(sweep, verdicts),
        _failed(sweep, verdicts),
    )


def _gate(kind: str, gate: Gate) -> Words:
    if gate.is_open:
        return Words(kind, c.TRUE, gate.reason, gate.message)
    return Words(kind, c.UNKNOWN if gate.reason == c.PENDING else c.FALSE, gate.reason, gate.message)


def _storage(verdicts: Verdicts) -> Words:
    if verdicts.storage.reason == c.PENDING and not verdicts.accepted.is_open:
        return Words(c.STORAGE_READY, c.UNKNOWN, c.PENDING, f"the study is made when {c.ACCEPTED} holds")
    return _gate(c.STORAGE_READY, verdicts.storage)


def _suspended(sweep: Sweep) -> Words:
    if sweep.spec.suspend:
        return Words(c.SUSPENDED, c.TRUE, c.SUSPENDED, "`spec.suspend` is true: no worker runs until it is false again")
    before = sweep.status.condition(c.SUSPENDED) if sweep.status else None
    if before is not None and (before.is_true or before.reason == c.RESUMED):
        return Words(c.SUSPENDED, c.FALSE, c.RESUMED, "`spec.suspend` is false again")
    return Words(c.SUSPENDED, c.FALSE, c.PENDING, "`spec.suspend` is false")


def _tier(verdict: TierVerdict, outlook: Outlook | None) -> Words:
    reason = c.CANNOT_TELL if verdict.cannot_tell else _TIER_REASONS[verdict.outcome]
    message = "; ".join(f"{entry.message} ({entry.outcome})" for entry in verdict.criteria)
    if outlook is not None and outlook.tier == verdict.tier:
        message += f"; {outlook.message}"
    return Words(tier_condition(verdict.tier), verdict.outcome.value, reason, message)


def _complete(sweep: Sweep, verdicts: Verdicts) -> Words:
    kept = sweep.status.condition(c.COMPLETE) if sweep.status else None
    if kept is not None and kept.is_true:
        return Words(c.COMPLETE, c.TRUE, kept.reason, kept.message)
    if verdicts.end is not None and not verdicts.end.is_failure and not sweep.has_ended:
        return Words(c.COMPLETE, c.TRUE, verdicts.end.reason, verdicts.end.message)
    return Words(c.COMPLETE, c.FALSE, c.NOT_YET, "the sweep has not come to its end")


def _failed(sweep: Sweep, verdicts: Verdicts) -> Words:
    kept = sweep.status.condition(c.FAILED) if sweep.status else None
    if kept is not None and kept.is_true:
        return Words(c.FAILED, c.TRUE, kept.reason, kept.message)
    if verdicts.end is not None and verdicts.end.is_failure and not sweep.has_ended:
        return Words(c.FAILED, c.TRUE, verdicts.end.reason, verdicts.end.message)
    return Words(c.FAILED, c.FALSE, c.NOT_YET, "nothing has failed the sweep")
