"""Outcomes of the tiers, and decisions and approvals that wait for a person."""

from __future__ import annotations

from hposweep.api.conditions import APPROVED, FALSE, TRUE, UNKNOWN
from hposweep.api.decisions import ASK
from hposweep.api.status import NO_TIER, UNKNOWN_TIER, DecisionStatus
from hposweep.telemetry.series.series import Row, Rows, Series, Snapshot, flags, gauge, number, timestamp

_DECISION = "name of the decision point"


def _tiers(snapshot: Snapshot) -> Rows:
    return (row for tier in snapshot.status.success for row in flags(tier.outcome, (TRUE, FALSE, UNKNOWN), tier.tier))


def _pending(snapshot: Snapshot) -> list[DecisionStatus]:
    """Return the questions that wait, as `Decision.is_pending` has it; after the end none does."""
    if snapshot.status.has_ended:
        return []
    decisions = snapshot.status.decisions
    return [entry for entry in decisions if entry.outcome == ASK and entry.deadline is not None and not entry.dry_run]


def _since(snapshot: Snapshot) -> list[Row]:
    return [row for entry in _pending(snapshot) for row in timestamp(entry.time, entry.name)]


def _deadlines(snapshot: Snapshot) -> list[Row]:
    return [row for entry in _pending(snapshot) for row in timestamp(entry.deadline, entry.name)]


def _approval_since(snapshot: Snapshot) -> Rows:
    entry = snapshot.status.condition(APPROVED)
    is_waiting = entry is not None and entry.status == FALSE and not snapshot.status.has_ended
    return timestamp(entry.last_transition_time if entry is not None and is_waiting else None)


SERIES: tuple[Series, ...] = (
    gauge(
        "hposweep_tier_outcome",
        "1 for the outcome that a tier has.",
        _tiers,
        tier="name of the tier",
        outcome="true, false, unknown",
    ),
    gauge(
        "hposweep_verdict",
        "1 for the verdict of a sweep that has tiers.",
        lambda snapshot: number(1.0, snapshot.status.verdict) if snapshot.status.verdict else (),
        verdict=f"`status.verdict`: the highest tier that holds; `{NO_TIER}`; `{UNKNOWN_TIER}` when none is known to",
    ),
    gauge(
        "hposweep_decision_pending",
        "1 while a decision point waits for an answer, else 0.",
        lambda snapshot: number(float(bool(_pending(snapshot)))),
    ),
    gauge(
        "hposweep_decision_pending_since_timestamp_seconds",
        "When the decision point asked. Absent when it does not wait.",
        _since,
        decision=_DECISION,
    ),
    gauge(
        "hposweep_decision_deadline_timestamp_seconds",
        "When its default answer applies. Absent when it does not wait.",
        _deadlines,
        decision=_DECISION,
    ),
    gauge(
        "hposweep_approval_pending_since_timestamp_seconds",
        "Since when the sweep waits for a person's approval. Absent when it does not wait.",
        _approval_since,
    ),
)
