"""What becomes of a decision point that asks: an answer in `spec.answers`, or its default. Called by `decisions`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hposweep.api.decisions import Ask
from hposweep.api.spec import Spec
from hposweep.model.verdicts import BY_DEFAULT, Decision


def settled(decision: Decision, spec: Spec, now: datetime) -> Decision:
    """Answered, or past its deadline; any other decision as it is. Of several answers the last one counts.

    An answer that came while nobody looked, and maybe too late, is still a person's word: it stands above the default.
    """
    if not decision.is_pending or decision.deadline is None:
        return decision
    answer = next((entry for entry in reversed(spec.answers) if entry.decision == decision.name), None)
    if answer is not None:
        reason = f": {answer.reason}" if answer.reason else ""
        return _ended(
            decision, answer.answer, answer.by, f"{answer.by or 'somebody'} answered {answer.answer}{reason}", now
        )
    if now < decision.deadline:
        return decision
    ask = next((point.ask for point in spec.decision_points if point.name == decision.name), Ask())
    waited = round((decision.deadline - decision.time).total_seconds())
    return _ended(decision, ask.default, BY_DEFAULT, f"nobody answered within {waited} s, so it is {ask.default}", now)


def _ended(decision: Decision, outcome: str, by: str, how: str, now: datetime) -> Decision:
    return replace(decision, outcome=outcome, by=by, message=f"{decision.message}; {how}", time=now, deadline=None)
