"""The condition `Analyzed`, which each status has that a cluster's operator writes. Called by `analysis_pass`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hposweep.api import conditions as c
from hposweep.api.analysis import ANALYSES_TABLE, NEXT_SWEEP, PAGE, REPORT
from hposweep.api.names import ANALYSIS_PHASE, job_name
from hposweep.api.status import ResultsStatus, Status
from hposweep.api.sweep import Sweep
from hposweep.model.analysis import AnalysisObservation, AnalysisRow
from hposweep.model.gate import Gate
from hposweep.model.workers import Workers
from hposweep.report.condition import ConditionDraft
from hposweep.report.phase_gate import latest_attempt, phase_gate

_WITHOUT_RESULTS = (c.SKIPPED, c.NOTHING_TO_ANALYZE)


def with_analysis(sweep: Sweep, status: Status, gate: Gate, observation: AnalysisObservation, now: datetime) -> Status:
    """Return the status with the condition and the place of the results, which stay."""
    before = sweep.status.condition(c.ANALYZED) if sweep.status is not None else None
    others = tuple(entry for entry in status.conditions if entry.type != c.ANALYZED)
    draft = _analyzed(sweep, gate, observation.workers, now)
    # `judge.analysis` counts from the start of an analysis, which may be long after the end of the sweep.
    is_start = before is not None and before.reason == c.PENDING and draft.reason != c.PENDING
    condition = draft.stamp(now.replace(microsecond=0), sweep.generation, None if is_start else before)
    results = sweep.status.results if sweep.status is not None else None
    if gate.is_open and observation.row is not None:
        results = _results(sweep, observation.row)
    return replace(status, results=results, conditions=(*others, condition))


def is_unfinished(status: Status) -> bool:
    """Return whether the sweep has ended and its analysis has not. Champions that are trained come first."""
    condition = status.condition(c.ANALYZED)
    if condition is None or not status.has_ended or status.trains_champions:
        return False
    return condition.reason not in (c.DONE, c.FAILED, *_WITHOUT_RESULTS)


def _results(sweep: Sweep, row: AnalysisRow) -> ResultsStatus:
    names = [file.name for file in row.files if file.text is not None]
    return ResultsStatus(
        config_map=job_name(sweep.name, ANALYSIS_PHASE, 1),
        table=ANALYSES_TABLE,
        report=next((name for name in (PAGE, REPORT) if name in names), None),
        next_sweep=NEXT_SWEEP if NEXT_SWEEP in names else None,
    )


def _analyzed(sweep: Sweep, gate: Gate, workers: Workers, now: datetime) -> ConditionDraft:
    """Return the condition. It is False where no results will come."""
    if gate.reason in _WITHOUT_RESULTS:
        return ConditionDraft(c.ANALYZED, c.FALSE, gate.reason, gate.message)
    latest = latest_attempt(workers, sweep.name, ANALYSIS_PHASE, 0)
    return phase_gate(c.ANALYZED, "the analysis pod", gate, latest, now, has_failed=False)
