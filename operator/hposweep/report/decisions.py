"""What decision points came to: rows of the status, `OnTrack`, their events, the few words of the summary.

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
from hposweep.report.condition import Words
from hposweep.text import truncate

MESSAGE_LIMIT = 2048  # characters, by the schema
_REASONS = {CONTINUE: c.CONTINUE, STOP: c.STOPPED, ASK: c.ASKED}
_STATUSES = {CONTINUE: c.TRUE, STOP: c.FALSE, ASK: c.UNKNOWN}


def row(decision: Decision) -> DecisionStatus:
    """As it stands in the status, from which the next pass takes it."""
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


def on_track(sweep: Sweep, verdicts: Verdicts) -> Iterator[Words]:
    """Nothing for a sweep without decision points. A dry one goes on, whatever it would have done."""
    points, last = sweep.spec.decision_points, _last(verdicts.decisions)
    if last is not None:
        effect = CONTINUE if last.dry_run else last.outcome
        has_ended = sweep.has_ended or verdicts.end is not None
        tail = _question(sweep, last, has_ended=has_ended) if last.is_pending else ""
        yield Words(c.ON_TRACK, _STATUSES[effect], _reason(effect, last.by), f"{last.message}{tail}")
    elif points:
        names = ", ".join(f"`{point.name}`" for point in points)
        yield Words(c.ON_TRACK, c.UNKNOWN, c.NOT_REACHED, f"no decision point has been reached yet; there is {names}")


def news(before: Sequence[DecisionStatus], after: Sequence[DecisionStatus], now: datetime) -> Iterator[Event]:
    """One event for each decision that is new, and one for each that was answered or whose time is up."""
    known = {entry.name: entry.outcome for entry in before}
    for entry in after:
        if known.get(entry.name) != entry.outcome:
            effect = CONTINUE if entry.dry_run else entry.outcome
            yield Event(_reason(effect, entry.by), entry.message, is_warning=effect in (STOP, ASK), time=now)


def standing(verdicts: Verdicts) -> str:
    """For the summary: what ends the sweep, or whose answer is waited for; "" when it just goes on."""
    if verdicts.stop is not None:
        return verdicts.stop.message
    asked = next((decision for decision in verdicts.decisions if decision.is_pending), None)
    if asked is None or asked.deadline is None:
        return ""
    return f"decision `{asked.name}` waits for an answer until {_time(asked.deadline)}"


def stopped_by(verdicts: Verdicts) -> str:
    """For the summary of a sweep that ended so."""
    name = next((f" `{decision.name}`" for decision in verdicts.decisions if decision.stops), "")
    return f"stopped by decision{name}"


def _reason(outcome: str, by: str) -> str:
    return c.DEFAULT_APPLIED if by == BY_DEFAULT else _REASONS[outcome]


def _last(made: Sequence[Decision]) -> Decision | None:
    """A stop is final, and a question stands above what was decided meanwhile; of the others the latest."""
    first = [decision for decision in made if decision.stops] or [entry for entry in made if entry.is_pending]
    return first[0] if first else max(reversed(made), key=lambda decision: decision.time, default=None)


def _question(sweep: Sweep, decision: Decision, *, has_ended: bool) -> str:
    """How to answer, and what holds otherwise."""
    if has_ended or decision.deadline is None:
        return "; the sweep ended before an answer came"
    ask = next((point.ask for point in sweep.spec.decision_points if point.name == decision.name), Ask())
    return (
        f"; answer `{CONTINUE}` or `{STOP}` in `spec.answers`, or `{ask.default}` holds from "
        f"{_time(decision.deadline)} on; workers go on meanwhile"
    )


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
