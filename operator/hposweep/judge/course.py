"""What changes the course of a sweep: decision points and the rules of `spec.stopWhen`, in the order of their moments.

Called by `judge` in every pass, and by `cli.judge` for a study as a whole. A rule that is reached ends the search, so
that no decision point is decided by trials that finished later; a decision that stops before comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hposweep.api.spec import Spec
from hposweep.api.sweep import Sweep
from hposweep.judge.decisions import decisions, replay
from hposweep.judge.evidence import Evidence
from hposweep.judge.stop_when.prefix import in_order_of_end
from hposweep.judge.stop_when.reached import first_reached, reached
from hposweep.model.history import RUNNING, History, Trial
from hposweep.model.verdicts import Decision, ReachedRule


@dataclass(frozen=True, slots=True)
class Course:
    """All decisions, and the rule that is reached."""

    decisions: tuple[Decision, ...]
    reached: ReachedRule | None = None


def is_latched(sweep: Sweep) -> bool:
    """Return whether a rule was reached in an earlier pass."""
    return sweep.status is not None and sweep.status.stop_when is not None


def course(sweep: Sweep, evidence: Evidence, now: datetime, *, may_stop: bool = True) -> Course:
    """Return the course after this pass. What is in the status stays; a pending question may still be answered.

    `may_stop`: the sweep has not failed already.
    """
    rule = reached(sweep, evidence, now)
    if is_latched(sweep):
        return Course(decisions(sweep, replace(evidence, study=None, history=None), now), rule)
    if rule is None or not may_stop:
        return Course(decisions(sweep, evidence, now))
    return _first_of(decisions(sweep, _before(rule, evidence), min(now, rule.time)), rule)


def replayed_course(spec: Spec, evidence: Evidence, now: datetime) -> Course:
    """Return the course that a sweep with these rules would have taken through the whole study."""
    rule = first_reached(spec, evidence, now)
    if rule is None:
        return Course(replay(spec, evidence, now))
    return _first_of(replay(spec, _before(rule, evidence), min(now, rule.time)), rule)


def _first_of(all_decisions: Sequence[Decision], rule: ReachedRule) -> Course:
    has_stopped = any(decision.stops for decision in all_decisions)
    return Course(tuple(all_decisions), None if has_stopped else rule)


def _before(rule: ReachedRule, evidence: Evidence) -> Evidence:
    """Return the evidence before the trial with which the rule held: trials that finished later still run."""
    if evidence.history is None:
        return evidence
    later = {trial.number for trial in in_order_of_end(evidence.history)[rule.trials - 1 :]}
    trials = (_running(trial) if trial.number in later else trial for trial in evidence.history.trials)
    return replace(evidence, history=History(tuple(trials)))


def _running(trial: Trial) -> Trial:
    return replace(trial, state=RUNNING, values=(), seconds=None, completed=None)
