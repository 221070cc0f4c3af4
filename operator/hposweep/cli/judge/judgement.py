"""Apply all rules of a sweep to trials, with the result as keys of `status`. Pure; called by `command`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hposweep.api.status import (
    BaselineStatus,
    BestStatus,
    DecisionStatus,
    EtaStatus,
    HealthStatus,
    StopWhenStatus,
    TierStatus,
    TrialsStatus,
)
from hposweep.cli.judge.load import JudgeInput
from hposweep.judge.comparison import compare
from hposweep.judge.course import replayed_course
from hposweep.judge.criteria.tiers import tiers
from hposweep.judge.evidence import Evidence
from hposweep.judge.forecast import eta
from hposweep.judge.health.findings import findings
from hposweep.report import decisions, health
from hposweep.report.eta import eta_status
from hposweep.report.status import stop_when_status
from hposweep.report.success import baseline_status, tier_status, verdict_word
from hposweep.report.trials import best_status, trials_status


@dataclass(frozen=True, slots=True)
class Judgement:
    """The keys of `status` that depend on trials alone."""

    verdict: str | None
    success: tuple[TierStatus, ...]
    decisions: tuple[DecisionStatus, ...]
    stop_when: StopWhenStatus | None
    health: tuple[HealthStatus, ...]
    trials: TrialsStatus
    best: BestStatus | None
    eta: EtaStatus | None
    baseline: BaselineStatus | None


def judgement(judge_input: JudgeInput, now: datetime, *, has_ended: bool) -> Judgement:
    """Return the judgement. An ended sweep has no worker; a running one has a worker for each RUNNING trial."""
    spec = judge_input.sweep.spec
    evidence = Evidence(
        goals=spec.study.objectives,
        space=spec.search_space,
        study=judge_input.study,
        history=judge_input.history,
        baseline=judge_input.baseline,
        workers=max(spec.workers.replicas, 1),
        has_ended=has_ended,
        gpu_weights=judge_input.gpu_weights,
        answers=spec.answers,
    )
    working = 0 if has_ended else len(judge_input.history.running) or spec.workers.replicas
    course = replayed_course(spec, evidence, now)
    success = tuple(tier_status(verdict) for verdict in tiers(spec.success, evidence))
    return Judgement(
        verdict=verdict_word(success),
        success=success,
        decisions=tuple(decisions.row(decision) for decision in course.decisions),
        stop_when=stop_when_status(course.reached),
        health=tuple(health.row(finding) for finding in findings(spec, evidence, working, now)),
        trials=trials_status(spec.trials.max, judge_input.study),
        best=best_status(spec.study.objectives, judge_input.study),
        eta=eta_status(eta(spec, evidence, working, now)),
        baseline=baseline_status(compare(evidence)),
    )
