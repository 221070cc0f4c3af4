"""The answer to a decision point that asks: an entry of `spec.answers`, or the default. Called by `decisions`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hposweep.api.decisions import Ask
from hposweep.api.spec import Spec
from hposweep.model.verdicts import BY_DEFAULT, Decision
from hposweep.text import duration


def settle(decision: Decision, spec: Spec, now: datetime) -> Decision:
    """Return the decision with its answer or its default applied, or as it is when neither is due.

    Of several answers the last one counts. An answer overrides the default even when it came after the deadline, as
    long as no pass has applied the default yet.
    """
    if not decision.is_pending or decision.deadline is None:
        return decision
    answer = next((entry for entry in reversed(spec.answers) if entry.decision == decision.name), None)
    if answer is not None:
        author = f"{answer.by} " if answer.by else ""
        reason = f": {answer.reason}" if answer.reason else ""
        return _close(decision, answer.answer, answer.by, f"{author}answered {answer.answer}{reason}", now)
    if now < decision.deadline:
        return decision
    ask = next((point.ask for point in spec.decision_points if point.name == decision.name), Ask())
    wait = duration((decision.deadline - decision.time).total_seconds())
    return _close(decision, ask.default, BY_DEFAULT, f"no answer within {wait}, so `{ask.default}` applies", now)


def close_unanswered(decision: Decision) -> Decision:
    """Return a question that the end of the sweep overtook: it stays an `Ask`, and has no deadline any more."""
    return replace(decision, deadline=None) if decision.is_pending else decision


def _close(decision: Decision, outcome: str, by: str, answer: str, now: datetime) -> Decision:
    return replace(decision, outcome=outcome, by=by, message=f"{decision.message}; {answer}", time=now, deadline=None)
