"""Decision points: reached once, decided by the first rule that holds, and never again. Called by `classify`.

What was decided stands in the status, so a restart decides nothing twice. Only an `Ask` still changes: by an answer in
`spec.answers`, or when its time is up. `replay` says what the same rules make of a study that is known as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hposweep.api.decisions import ASK, CONTINUE, STOP, DecisionPoint, DecisionRule
from hposweep.api.spec import Spec
from hposweep.api.status import DecisionStatus
from hposweep.api.sweep import Sweep
from hposweep.judge.answers import settled
from hposweep.judge.criteria.criterion import verdict
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.decision_snapshot import Course, history_at, trials_at
from hposweep.judge.evidence import Evidence
from hposweep.judge.gpus import gpus_of
from hposweep.judge.study_from_trials import study_of
from hposweep.model.history import History
from hposweep.model.trials import Study
from hposweep.model.verdicts import CriterionVerdict, Decision, Outcome

MOST = 32  # that a status holds, by the schema: points may be renamed, what was decided stays

_DEEDS = {CONTINUE: "goes on", STOP: "stops the sweep", ASK: "asks whether to go on"}
_DRY_DEEDS = {CONTINUE: "would have gone on", STOP: "would have stopped the sweep", ASK: "would have asked"}


def decisions(sweep: Sweep, evidence: Evidence, now: datetime) -> tuple[Decision, ...]:
    """All that were ever made, in the order in which they were; those of this pass last."""
    now = now.replace(microsecond=0)  # as the status keeps it
    latched = [of_status(entry) for entry in sweep.status.decisions] if sweep.status is not None else []
    if sweep.has_ended:
        return tuple(latched)
    made = [settled(decision, sweep.spec, now) for decision in latched]
    is_ours = evidence.study is not None and evidence.study.owner == sweep.uid  # else there is no study yet
    if sweep.spec.is_stopping or not is_ours or not _can_decide(evidence, sweep.spec):
        return tuple(made)
    return (*made, *_new(sweep.spec, evidence, course_of(sweep, evidence.study, now), made, lambda _: now))


def replay(spec: Spec, evidence: Evidence, now: datetime) -> tuple[Decision, ...]:
    """What would have been decided of a study that is known as a whole. Nobody is waited for: an `Ask` stays one.

    Its time runs from the start of the first trial to the end of the last, as far as they are known; else it is `now`.
    """
    if not _can_decide(evidence, spec) or evidence.history is None:
        return ()
    timed = [(trial.completed, trial.seconds) for trial in evidence.history.trials if trial.completed is not None]
    start = min((end - timedelta(seconds=seconds or 0) for end, seconds in timed), default=None)
    course = Course(spec.trials.max, gpus_of(spec.workers), start, now=_last_end(evidence.history, now))
    made = _new(spec, evidence, course, (), lambda history: _last_end(history, now))
    return tuple(replace(decision, deadline=None) for decision in made)


def of_status(entry: DecisionStatus) -> Decision:
    return Decision(
        name=entry.name,
        outcome=entry.outcome,
        message=entry.message,
        time=entry.time,
        label=entry.label,
        trials=entry.trials,
        evidence=entry.evidence or {},
        dry_run=entry.dry_run,
        deadline=entry.deadline,
        by=entry.by,
    )


def course_of(sweep: Sweep, study: Study | None, now: datetime) -> Course:
    """How far the sweep has come by now."""
    start = sweep.status.start_time if sweep.status is not None else None
    running = study.running if study is not None else ()
    ages = {trial.number: trial.age_seconds for trial in running}
    return Course(sweep.spec.trials.max, gpus_of(sweep.spec.workers), start, now, ages)


def _can_decide(evidence: Evidence, spec: Spec) -> bool:
    """A decision is for ever, so it is not made on the strength of a source that does not answer for a while."""
    if evidence.study is None or evidence.history is None:
        return False
    is_away = evidence.baseline is not None and evidence.baseline.is_temporary
    rules = [rule for point in spec.decision_points for rule in point.rules]
    return not (is_away and any(_needs_baseline(rule) for rule in rules))


def _needs_baseline(rule: DecisionRule) -> bool:
    return any(
        kind.baseline_field(requirement) is not None for part in rule.when.parts for kind, requirement in kinds_of(part)
    )


def _last_end(history: History, otherwise: datetime) -> datetime:
    ends = [trial.completed for trial in history.trials if trial.completed is not None]
    return max(ends, default=otherwise).replace(microsecond=0)


def _new(
    spec: Spec, evidence: Evidence, course: Course, made: Sequence[Decision], timed: Callable[[History], datetime]
) -> Iterator[Decision]:
    """Those that are due and were not made before. After one that stops the sweep there is nothing to decide."""
    known, has_stopped = {decision.name for decision in made}, any(decision.stops for decision in made)
    for point in spec.decision_points:
        if has_stopped or evidence.history is None or len(known) >= MOST:
            return
        history = history_at(point.at, evidence.history, course) if point.name not in known else None
        if history is not None:
            decision = settled(_decided(point, evidence, history, course, timed(history)), spec, course.now)
            has_stopped = decision.stops
            known.add(point.name)
            yield decision


def _decided(point: DecisionPoint, evidence: Evidence, history: History, course: Course, now: datetime) -> Decision:
    """Criteria are judged as if the sweep had ended at that moment: what is not True then does not hold."""
    study = study_of(history, evidence.goals)
    then = replace(evidence, study=study, history=history).ended()
    verdicts = [verdict(rule.when, then) for rule in point.rules]
    judged = list(zip(point.rules, verdicts, strict=True))
    rule, decisive = next(((rule, found) for rule, found in judged if found.outcome == Outcome.TRUE), (None, None))
    outcome = rule.then if rule is not None else point.otherwise or CONTINUE
    label = rule.label if rule is not None else ""
    why = decisive.message if decisive is not None else _no_rule(verdicts)
    deed = (_DRY_DEEDS if point.dry_run else _DEEDS)[outcome]
    waits = outcome == ASK and not point.dry_run
    return Decision(
        name=point.name,
        outcome=outcome,
        message=f"{_when(point, course.most)}, decision `{point.name}` {deed}{f' ({label})' if label else ''}: {why}",
        time=now,
        label=label,
        trials=study.counts.finished,
        evidence={"rules": [_row(rule, found) for rule, found in judged]},
        dry_run=point.dry_run,
        deadline=now + timedelta(seconds=point.ask.deadline_seconds) if waits else None,
    )


def _when(point: DecisionPoint, most: int) -> str:
    wanted = trials_at(point.at, most)
    if wanted is not None:
        return f"at {wanted} of {most} trials"
    if point.at.seconds is not None:
        return f"after {point.at.seconds} s"
    return f"after {point.at.gpu_seconds} GPU seconds"


def _no_rule(verdicts: Sequence[CriterionVerdict]) -> str:
    if not verdicts:
        return "it has no rule"
    return f"no rule holds ({'; '.join(found.message for found in verdicts)})"


def _row(rule: DecisionRule, found: CriterionVerdict) -> dict[str, Any]:
    """One rule and what its criterion came to, as plain JSON."""
    numbers = {"value": found.value, "threshold": found.threshold, "margin": found.margin, "trials": found.trials}
    words = {"criterion": found.criterion, "outcome": found.outcome.value, "then": rule.then, "label": rule.label}
    return {key: value for key, value in {**words, **numbers}.items() if value not in (None, "")}
