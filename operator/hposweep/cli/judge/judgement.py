"""All rules of a sweep on given trials, in the words of `status`. Pure; called by `command`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hposweep.api.status import (
    BaselineStatus,
    BestStatus,
    DecisionStatus,
    EtaStatus,
    HealthStatus,
    TierStatus,
    TrialsStatus,
)
from hposweep.cli.judge.load import Given
from hposweep.judge.comparison import compare
from hposweep.judge.criteria.tiers import tiers
from hposweep.judge.decisions import replay
from hposweep.judge.evidence import Evidence
from hposweep.judge.forecast import eta
from hposweep.judge.health.findings import findings
from hposweep.report import decisions, health
from hposweep.report.eta import eta_status
from hposweep.report.success import baseline_status, tier_status
from hposweep.report.trials import best_status, trials_status


@dataclass(frozen=True, slots=True)
class Judgement:
    """The keys of `status` that trials alone decide."""

    success: tuple[TierStatus, ...]
    decisions: tuple[DecisionStatus, ...]
    health: tuple[HealthStatus, ...]
    trials: TrialsStatus
    best: BestStatus | None
    eta: EtaStatus | None
    baseline: BaselineStatus | None


def judgement(given: Given, now: datetime, *, has_ended: bool) -> Judgement:
    """Of an ended sweep no worker is left; of another those work that have a trial."""
    spec = given.sweep.spec
    evidence = Evidence(
        goals=spec.study.objectives,
        space=spec.search_space,
        study=given.study,
        history=given.history,
        baseline=given.baseline,
        workers=max(spec.workers.replicas, 1),
        has_ended=has_ended,
    )
    working = 0 if has_ended else len(given.history.running) or spec.workers.replicas
    return Judgement(
        success=tuple(tier_status(verdict) for verdict in tiers(spec.success, evidence)),
        decisions=tuple(decisions.row(decision) for decision in replay(spec, evidence, now)),
        health=tuple(health.row(finding) for finding in findings(spec, evidence, working, now)),
        trials=trials_status(spec.trials.max, given.study),
        best=best_status(spec.study.objectives, given.study),
        eta=eta_status(eta(spec, evidence, working, now)),
        baseline=baseline_status(compare(evidence)),
    )
