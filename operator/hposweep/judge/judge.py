"""The whole judgement of one pass, in one call. `reconcile` asks; `plan` and `report` get the answer."""

from __future__ import annotations

from hposweep.api.sweep import Sweep
from hposweep.judge import gates, linter, validation
from hposweep.judge.comparison import compare
from hposweep.judge.criteria.tiers import tiers
from hposweep.judge.decisions import decisions
from hposweep.judge.end import end
from hposweep.judge.evidence import Evidence
from hposweep.judge.failures import too_many_failed
from hposweep.judge.forecast import eta, outlook
from hposweep.judge.health.findings import findings
from hposweep.judge.health.next_check import health_requeue_after_seconds
from hposweep.judge.stopping import stopping
from hposweep.model.findings import Severity
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts


def judge(sweep: Sweep, seen: Observation) -> Verdicts:
    """Gates, decisions, end, tiers, the comparison with the baseline, health and forecast."""
    contradictions = linter.findings(sweep.spec)
    faults = (*validation.as_faults(contradictions), *seen.refusals)
    failed = too_many_failed(sweep, seen.storage.study)
    so_far = _evidence(sweep, seen, has_ended=sweep.has_ended)
    made = decisions(sweep, so_far, seen.now)
    stop = stopping(sweep, made, seen.now)
    ending = end(sweep, seen, faults, failed, stop)
    evidence = so_far.ended() if ending is not None else so_far
    judged, running = tiers(sweep.spec.success, evidence), len(seen.search.running_pods)
    return Verdicts(
        accepted=gates.accepted(faults, contradictions),
        storage=gates.storage(sweep, seen.storage),
        faults=faults,
        findings=tuple(finding for finding in contradictions if finding.severity is not Severity.ERROR),
        end=ending,
        pending_end=failed if ending is None else None,
        decisions=made,
        stop=stop,
        tiers=judged,
        health=findings(sweep.spec, evidence, running, seen.now),
        health_requeue_after_seconds=health_requeue_after_seconds(sweep.spec, evidence, running, seen.now),
        eta=eta(sweep.spec, evidence, running, seen.now, is_draining=stop is not None),
        outlook=outlook(sweep.spec, evidence, judged),
        comparison=compare(evidence),
    )


def _evidence(sweep: Sweep, seen: Observation, *, has_ended: bool) -> Evidence:
    study, history = _study_to_judge(sweep, seen)
    return Evidence(
        goals=sweep.spec.study.objectives,
        space=sweep.spec.search_space,
        study=study,
        history=history,
        baseline=seen.baseline,
        workers=sweep.spec.workers.replicas,
        has_ended=has_ended,
    )


def _study_to_judge(sweep: Sweep, seen: Observation) -> tuple[Study | None, History | None]:
    """None when there is something to judge and it cannot be read; before the first worker there is nothing yet."""
    study = seen.storage.study
    if study is not None and study.owner == sweep.uid:
        return study, seen.history
    return (None, None) if seen.search.has_started else (Study(id=0, name=sweep.study_name), History(()))
