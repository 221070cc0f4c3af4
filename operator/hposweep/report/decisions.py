"""Decisions in the status: their rows, the condition `OnTrack`, their events, and their part of the summary.

Called by `status`, `conditions`, `events` and `summary`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from hposweep.api import conditions as c
from hposweep.api.decisions import ASK, CONTINUE, STOP, Ask
from hposweep.api.status import DecisionStatus
from hposweep.api.sweep import Sweep
from hposweep.model.event import Event
from hposweep.model.verdicts import BY_DEFAULT, Decision, Verdicts
from hposweep.report.condition import ConditionDraft
from hposweep.text import sentences, truncate

MESSAGE_LIMIT = 2048  # characters, by the schema
_OVERTAKEN = "the sweep ended before it was answered"
_REASONS = {CONTINUE: c.CONTINUE, STOP: c.STOPPED, ASK: c.ASKED}
_STATUSES = {CONTINUE: c.TRUE, STOP: c.FALSE, ASK: c.UNKNOWN}


def row(decision: Decision) -> DecisionStatus:
    """Return the row of `status.decisions`, from which the next pass reads the decision."""
    return DecisionStatus(
        name=decision.name,
        outcome=decision.outcome,
        message=truncate(decision.message, MESSAGE_LIMIT),
        time=decision.time,
        label=decision.label,
        trials=decision.trials,
        evidence=decision.evidence or None,
        dry_run=decision.dry_run,
        deadline=decision.deadline,
        by=decision.by,
    )


def on_track(sweep: Sweep, verdicts: Verdicts) -> Iterator[ConditionDraft]:
    """Yield `OnTrack`, but only for a sweep with decision points. A dry run continues whatever it decides."""
    points, latest = sweep.spec.decision_points, _latest(verdicts.decisions)
    has_ended = sweep.has_ended or verdicts.end is not None
    if latest is not None:
        effect = CONTINUE if latest.dry_run else latest.outcome
        question = _question(sweep, latest, has_ended=has_ended) if effect == ASK else ""
        message = sentences(latest.message, question)
        yield ConditionDraft(c.ON_TRACK, _STATUSES[effect], _reason(effect, latest.by), message)
    elif points:
        names = ", ".join(f"`{point.name}`" for point in points)
        state = "was reached before the sweep ended" if has_ended else "has been reached yet"
        message = f"no decision point {state} (defined: {names})"
        yield ConditionDraft(c.ON_TRACK, c.UNKNOWN, c.NOT_REACHED, message)


def decision_events(
    before: Sequence[DecisionStatus], after: Sequence[DecisionStatus], now: datetime
) -> Iterator[Event]:
    """Yield one event for each decision that is new, was answered, fell back to its default, or was overtaken."""
    states = {entry.name: (entry.outcome, entry.deadline is not None) for entry in before}
    for entry in after:
        if states.get(entry.name) != (entry.outcome, entry.deadline is not None):
            effect = CONTINUE if entry.dry_run else entry.outcome
            is_overtaken = effect == ASK and entry.deadline is None
            reason = c.UNANSWERED if is_overtaken else _reason(effect, entry.by)
            message = sentences(entry.message, _OVERTAKEN) if is_overtaken else entry.message
            yield Event(reason, message, is_warning=effect in (STOP, ASK), time=now)


def pending_reason(verdicts: Verdicts) -> str:
    """Return for the summary why the sweep is about to end or waits for an answer; "" when it just continues."""
    if verdicts.stop is not None:
        return verdicts.stop.message
    question = next((decision for decision in verdicts.decisions if decision.is_pending), None)
    if question is None or question.deadline is None:
        return ""
    return f"decision `{question.name}` waits for an answer until {_time(question.deadline)}"


def stop_reason(verdicts: Verdicts) -> str:
    """Return for the summary which decision stopped a sweep that has ended."""
    name = next((f" `{decision.name}`" for decision in verdicts.decisions if decision.stops), "")
    return f"stopped by decision{name}"


def _reason(outcome: str, by: str) -> str:
    return c.DEFAULT_APPLIED if by == BY_DEFAULT else _REASONS[outcome]


def _latest(decisions: Sequence[Decision]) -> Decision | None:
    """Return a stop first because it is final, then a pending question, then the latest of the others."""
    urgent = [entry for entry in decisions if entry.stops] or [entry for entry in decisions if entry.is_pending]
    return urgent[0] if urgent else max(reversed(decisions), key=lambda decision: decision.time, default=None)


def _question(sweep: Sweep, decision: Decision, *, has_ended: bool) -> str:
    """Return how to answer, and what applies without an answer."""
    if has_ended or decision.deadline is None:
        return _OVERTAKEN
    ask = next((point.ask for point in sweep.spec.decision_points if point.name == decision.name), Ask())
    return (
        f"answer `{CONTINUE}` or `{STOP}` in `spec.answers` before {_time(decision.deadline)}, or `{ask.default}` "
        "applies; workers continue meanwhile"
    )


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
