"""The rule of `spec.stopWhen` that is reached: the earliest one, found once, then read from the status.

`judge.course` calls it in every pass, `cli.judge` for a whole study. The moment is a finished trial and not a pass, so
that a late pass, a pass after a restart and a replay find the same one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hposweep.api.criteria import BestValue
from hposweep.api.spec import Spec
from hposweep.api.status import StopWhenStatus
from hposweep.api.stop_rules import StopRule
from hposweep.api.sweep import Sweep
from hposweep.judge.evidence import Evidence
from hposweep.judge.stop_when.prefix import Prefix, prefixes
from hposweep.judge.stop_when.registry import kinds_of
from hposweep.model.history import History
from hposweep.model.verdicts import ReachedRule
from hpotrial.protocol.parameter_values import has_values


def reached(sweep: Sweep, evidence: Evidence, now: datetime) -> ReachedRule | None:
    """Return the rule that stops the sweep. One that is in the status stays, whatever the spec says now."""
    if sweep.status is not None and sweep.status.stop_when is not None:
        return of_status(sweep.status.stop_when)
    is_owner = evidence.study is not None and evidence.study.owner == sweep.uid  # else there is no study yet
    if sweep.has_ended or sweep.spec.is_stopping or not is_owner or evidence.history is None:
        return None
    return first_reached(sweep.spec, evidence, now, judged=_judged(sweep, evidence.history))


def first_reached(spec: Spec, evidence: Evidence, now: datetime, *, judged: int = 0) -> ReachedRule | None:
    """Return the first rule that holds after more than `judged` finished trials, or now."""
    if not spec.stop_when or evidence.history is None:
        return None
    directions = [goal.is_maximized for goal in evidence.goals]
    all_prefixes = prefixes(evidence.history, directions)
    later = all_prefixes[max(0, min(judged, len(all_prefixes) - 1)) :]
    return next(_holding(spec.stop_when, later, evidence, now), None)


def of_status(entry: StopWhenStatus) -> ReachedRule:
    """Return the rule that the status describes."""
    return ReachedRule(entry.rule, entry.reason, entry.message, entry.time, entry.trials, entry.trial)


def _judged(sweep: Sweep, history: History) -> int:
    """Return how many finished trials earlier passes have looked at, or an adopted study had.

    A rule that was changed since then holds now or later; whether it held once, before it existed, does not matter.
    """
    finished = history.finished
    start = sweep.status.start_time if sweep.status is not None else None
    if sweep.status is None or start is None:
        return len(finished)
    before = sum(trial.completed is not None and trial.completed < start for trial in finished)
    return max(before, sweep.status.trials.finished)


def _may_differ(goal: BestValue, prefix: Prefix) -> bool:
    return has_values(prefix.trial.params, goal.where) if goal.where else prefix.has_new_best


def _holding(
    rules: tuple[StopRule, ...], later: tuple[Prefix, ...], evidence: Evidence, now: datetime
) -> Iterator[ReachedRule]:
    for place, prefix in enumerate(later):
        for number, rule in enumerate(rules):
            for kind, requirement in kinds_of(rule):
                # The verdict on a best value is asked for only where it can differ from the one before.
                if kind.field == "best_value" and place and not _may_differ(requirement, prefix):
                    continue
                cause = kind.cause(requirement, prefix, evidence)
                if cause is not None:
                    time = (prefix.trial.completed or now).replace(microsecond=0)
                    field = f"stopWhen[{number}].{kind.name}"
                    yield ReachedRule(field, kind.reason, cause.message, time, prefix.finished, cause.trial)
