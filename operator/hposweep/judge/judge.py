"""All verdicts of one pass. Called by `reconcile`, which hands them to `plan` and `report`."""

from __future__ import annotations

from dataclasses import replace

from hposweep.api import conditions
from hposweep.api.sweep import Sweep
from hposweep.judge import gates, linter, validation
from hposweep.judge.answers import close_unanswered
from hposweep.judge.approval import approval
from hposweep.judge.baseline_trial import baseline_trial
from hposweep.judge.champions.verdict import champions
from hposweep.judge.comparison import compare
from hposweep.judge.course import course, is_latched
from hposweep.judge.criteria.tiers import tiers
from hposweep.judge.end import end
from hposweep.judge.evidence import Evidence
from hposweep.judge.failures import too_many_failed
from hposweep.judge.forecast import eta, outlook
from hposweep.judge.health.findings import findings
from hposweep.judge.health.next_check import health_requeue_after_seconds
from hposweep.judge.ledger.ledger import ledger
from hposweep.judge.linter import sizes
from hposweep.judge.pod_template import refusals
from hposweep.judge.preflight import preflight
from hposweep.judge.rewind import pause, rewind
from hposweep.judge.stop_when.review import review
from hposweep.judge.stopping import stopping
from hposweep.judge.storage_checks import storage_checks
from hposweep.model.findings import Severity
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts


def judge(sweep: Sweep, observation: Observation) -> Verdicts:
    """Return gates, decisions, end, tiers, the comparison with the baseline, health and forecast."""
    spec_findings = linter.findings(sweep.contract, observation.gpu_weights)
    of_template = refusals.faults(sweep.spec, observation.allowed_pods)
    faults = (*validation.as_faults(spec_findings), *of_template, *observation.refusals)
    if sizes.has_too_much(spec_findings):
        sweep = _without_criteria(sweep)
    evidence = _evidence(sweep, observation, has_ended=sweep.has_ended)
    # A rule that was reached before stays the reason, also when running trials fail afterwards.
    failure = None if is_latched(sweep) else too_many_failed(sweep, observation.storage.study)
    now = observation.now
    loss = rewind(sweep, observation.storage.study, now)
    taken = course(sweep, pause(evidence, loss), now, may_stop=failure is None)
    gpu_time = ledger(sweep, observation)
    stop = stopping(sweep, taken.decisions, now, taken.reached, gpu_time)
    ending = end(sweep, observation, faults, failure, stop)
    decisions = taken.decisions
    if ending is not None:
        evidence = evidence.ended()
        decisions = tuple(close_unanswered(decision) for decision in decisions)
    accepted, storage = gates.accepted(faults, spec_findings), gates.storage(sweep, observation.storage)
    is_over = sweep.has_ended or ending is not None or stop is not None or failure is not None
    gates_before = ((conditions.ACCEPTED, accepted), (conditions.STORAGE_READY, storage))
    checks = preflight(sweep, observation, dict(gates_before), is_over=is_over)
    checked = (*gates_before, (conditions.PREFLIGHT_PASSED, checks.gate))
    tried = baseline_trial(sweep, observation, dict(checked), gpu_time.gpus_per_worker, is_over=is_over)
    earlier_gates = (*checked, (conditions.BASELINE_PASSED, tried.gate))
    permission = approval(sweep, observation, earlier_gates, is_ending=ending is not None)
    champions_verdict = champions(sweep, observation, ending, accepted, permission.gate)
    if champions_verdict is not None:
        evidence = replace(evidence, champions=champions_verdict.comparison)
    tier_verdicts, running = tiers(sweep.spec.success, evidence), len(observation.search.running_pods)
    return Verdicts(
        accepted=accepted,
        storage=storage,
        storage_checks=storage_checks(sweep, observation, storage),
        preflight=checks,
        baseline_trial=tried,
        approval=permission.gate,
        approval_record=permission.record,
        faults=faults,
        findings=tuple(finding for finding in spec_findings if finding.severity is not Severity.ERROR),
        end=ending,
        pending_end=failure if ending is None else None,
        decisions=decisions,
        stop=stop,
        reached=taken.reached,
        review=review(sweep.spec, evidence) if stop is None and loss is None else None,
        tiers=tier_verdicts,
        health=findings(sweep.spec, evidence, running, now),
        health_requeue_after_seconds=health_requeue_after_seconds(sweep.spec, evidence, running, now),
        eta=eta(sweep.spec, evidence, running, now, tried.trial_seconds, is_draining=stop is not None),
        outlook=outlook(sweep.spec, evidence, tier_verdicts),
        comparison=compare(evidence),
        champions=champions_verdict,
        ledger=gpu_time,
        rewind=loss,
    )


def _without_criteria(sweep: Sweep) -> Sweep:
    """Return the sweep without what would take too long; decisions that were taken stay."""
    names = {decision.name for decision in sweep.status.decisions} if sweep.status is not None else set()
    points = tuple(point for point in sweep.spec.decision_points if point.name in names)
    return replace(sweep, spec=replace(sweep.spec, success={}, decision_points=points, stop_when=()))


def _evidence(sweep: Sweep, observation: Observation, *, has_ended: bool) -> Evidence:
    study, history = _study_to_judge(sweep, observation)
    return Evidence(
        goals=sweep.spec.study.objectives,
        space=sweep.spec.search_space,
        study=study,
        history=history,
        baseline=observation.baseline,
        workers=sweep.spec.workers.replicas,
        has_ended=has_ended,
        gpu_weights=observation.gpu_weights,
        answers=sweep.spec.answers,
    )


def _study_to_judge(sweep: Sweep, observation: Observation) -> tuple[Study | None, History | None]:
    """Return study and history; both None when they cannot be read, empty ones before the first worker.

    A Job that was deleted does not prove that no worker has run, so the counts of the status decide as well.
    """
    study = observation.storage.study
    if study is not None and study.owner == sweep.uid:
        return study, observation.history
    has_run = observation.search.has_started or sweep.has_had_trials
    return (None, None) if has_run else (Study(id=0, name=sweep.study_name), History(()))
