"""Decision points: each is decided once, by the first rule that holds. Called by `judge`.

Decisions are stored in the status, so that a restart decides nothing twice. Only an `Ask` still changes: by an answer
in `spec.answers`, or at its deadline. `replay` applies the same rules to a finished study, for `cli.judge`.
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
from hposweep.gpu_weights import GpuWeights
from hposweep.judge.answers import settle
from hposweep.judge.criteria.criterion import verdict
from hposweep.judge.criteria.registry import kinds_of
from hposweep.judge.decision_snapshot import SweepProgress, history_at, trials_at
from hposweep.judge.evidence import Evidence
from hposweep.judge.gpus import gpus_of
from hposweep.judge.study_from_trials import study_of
from hposweep.model.history import History
from hposweep.model.trials import Study
from hposweep.model.verdicts import CriterionVerdict, Decision, Outcome

MAX_DECISIONS = 32  # in a status, by the schema; decisions stay although decision points may be renamed

_EFFECTS = {CONTINUE: "continues", STOP: "stops the sweep", ASK: "asks whether to continue"}
_DRY_RUN_EFFECTS = {CONTINUE: "would have continued", STOP: "would have stopped the sweep", ASK: "would have asked"}


def decisions(sweep: Sweep, evidence: Evidence, now: datetime) -> tuple[Decision, ...]:
    """Return all decisions of the sweep in their order, those of this pass last."""
    now = now.replace(microsecond=0)  # as the status keeps it
    earlier = [of_status(entry) for entry in sweep.status.decisions] if sweep.status is not None else []
    if sweep.has_ended:
        return tuple(earlier)
    earlier = [settle(decision, sweep.spec, now) for decision in earlier]
    is_owner = evidence.study is not None and evidence.study.owner == sweep.uid  # else there is no study yet
    if sweep.spec.is_stopping or not is_owner or not _can_decide(evidence, sweep.spec):
        return tuple(earlier)
    progress = sweep_progress(sweep, evidence.study, now, evidence.gpu_weights)
    return (*earlier, *_new(sweep.spec, evidence, progress, earlier, lambda _: now))


def replay(spec: Spec, evidence: Evidence, now: datetime) -> tuple[Decision, ...]:
    """Return the decisions that the rules make about a whole study. An `Ask` stays one, without a deadline.

    The time runs from the start of the first trial to the end of the last, as far as they are known; else it is `now`.
    """
    if not _can_decide(evidence, spec) or evidence.history is None:
        return ()
    ends = [(trial.completed, trial.seconds) for trial in evidence.history.trials if trial.completed is not None]
    start = min((end - timedelta(seconds=seconds or 0) for end, seconds in ends), default=None)
    gpus = gpus_of(spec.workers, evidence.gpu_weights)
    progress = SweepProgress(spec.trials.max, gpus, start, now=_last_end(evidence.history, now))
    result = _new(spec, evidence, progress, (), lambda history: _last_end(history, now))
    return tuple(replace(decision, deadline=None) for decision in result)


def of_status(entry: DecisionStatus) -> Decision:
    """Return the decision that a row of the status describes."""
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


def sweep_progress(sweep: Sweep, study: Study | None, now: datetime, weights: GpuWeights) -> SweepProgress:
    """Return the progress of the sweep at this moment."""
    start = sweep.status.start_time if sweep.status is not None else None
    running = study.running if study is not None else ()
    ages = {trial.number: trial.age_seconds for trial in running}
    return SweepProgress(sweep.spec.trials.max, gpus_of(sweep.spec.workers, weights), start, now, ages)


def _can_decide(evidence: Evidence, spec: Spec) -> bool:
    """Return whether all sources can be read, because a decision is final."""
    if evidence.study is None or evidence.history is None:
        return False
    is_unreachable = evidence.baseline is not None and evidence.baseline.is_temporary
    rules = [rule for point in spec.decision_points for rule in point.rules]
    return not (is_unreachable and any(_needs_baseline(rule) for rule in rules))


def _needs_baseline(rule: DecisionRule) -> bool:
    return any(
        kind.baseline_field(requirement) is not None for part in rule.when.parts for kind, requirement in kinds_of(part)
    )


def _last_end(history: History, otherwise: datetime) -> datetime:
    ends = [trial.completed for trial in history.trials if trial.completed is not None]
    return max(ends, default=otherwise).replace(microsecond=0)


def _new(
    spec: Spec,
    evidence: Evidence,
    progress: SweepProgress,
    earlier: Sequence[Decision],
    time_of: Callable[[History], datetime],
) -> Iterator[Decision]:
    """Yield the decisions that are due now; none after one that stops the sweep."""
    names, has_stopped = {decision.name for decision in earlier}, any(decision.stops for decision in earlier)
    for point in spec.decision_points:
        if has_stopped or evidence.history is None or len(names) >= MAX_DECISIONS:
            return
        history = history_at(point.at, evidence.history, progress) if point.name not in names else None
        if history is not None:
            decision = settle(_decide(point, evidence, history, progress, time_of(history)), spec, progress.now)
            has_stopped = decision.stops
            names.add(point.name)
            yield decision


def _decide(
    point: DecisionPoint, evidence: Evidence, history: History, progress: SweepProgress, now: datetime
) -> Decision:
    """Return the decision, judging criteria as if the sweep had ended: an Unknown criterion counts as not met."""
    study = study_of(history, evidence.goals)
    snapshot = replace(evidence, study=study, history=history).ended()
    verdicts = [verdict(rule.when, snapshot) for rule in point.rules]
    pairs = list(zip(point.rules, verdicts, strict=True))
    rule, decisive = next(((rule, result) for rule, result in pairs if result.outcome == Outcome.TRUE), (None, None))
    outcome = rule.then if rule is not None else point.otherwise or CONTINUE
    label = rule.label if rule is not None else ""
    label_text = f" ({label})" if label else ""
    reason = decisive.message if decisive is not None else _no_rule(verdicts)
    effect = (_DRY_RUN_EFFECTS if point.dry_run else _EFFECTS)[outcome]
    is_question = outcome == ASK and not point.dry_run
    return Decision(
        name=point.name,
        outcome=outcome,
        message=f"decision `{point.name}` {effect}{label_text} {_when(point, progress.max_trials)}: {reason}",
        time=now,
        label=label,
        trials=study.counts.finished,
        evidence={"rules": [_row(rule, result) for rule, result in pairs]},
        dry_run=point.dry_run,
        deadline=now + timedelta(seconds=point.ask.deadline_seconds) if is_question else None,
    )


def _when(point: DecisionPoint, max_trials: int) -> str:
    min_finished = trials_at(point.at, max_trials)
    if min_finished is not None:
        return f"at {min_finished} of {max_trials} trials"
    if point.at.seconds is not None:
        return f"after {point.at.seconds} s"
    return f"after {point.at.gpu_seconds} GPU seconds"


def _no_rule(verdicts: Sequence[CriterionVerdict]) -> str:
    if not verdicts:
        return "it has no rules"
    return f"no rule applies ({'; '.join(result.message for result in verdicts)})"


def _row(rule: DecisionRule, result: CriterionVerdict) -> dict[str, Any]:
    """Return one rule and the verdict on its criterion, as plain JSON."""
    names = {"criterion": result.criterion, "outcome": result.outcome.value, "then": rule.then, "label": rule.label}
    numbers = {"value": result.value, "threshold": result.threshold, "margin": result.margin, "trials": result.trials}
    return {key: value for key, value in {**names, **numbers}.items() if value not in (None, "")}
