"""The condition `PreflightPassed`, and the rows of the checks. Called by `conditions` and `status`."""

from __future__ import annotations

from collections.abc import Iterable

from hposweep.api import conditions as c
from hposweep.api.names import PREFLIGHT_PHASE
from hposweep.api.preflight import CheckStatus, PreflightRunStatus
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.preflight import PreflightRun
from hposweep.model.verdicts import Verdicts
from hposweep.report.condition import ConditionDraft
from hposweep.report.phase_gate import latest_attempt, phase_gate
from hpotrial.protocol.preflight import FAILED, Finding


def preflight_passed(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> ConditionDraft:
    """Return the condition."""
    gate, run = verdicts.preflight.gate, verdicts.preflight.run
    has_failed = run is not None and run.outcome == FAILED
    workers = latest_attempt(observation.preflight, sweep.name, PREFLIGHT_PHASE, run.attempt if run is not None else 0)
    return phase_gate(c.PREFLIGHT_PASSED, "the preflight pod", gate, workers, observation.now, has_failed=has_failed)


def check_rows(findings: Iterable[Finding]) -> tuple[CheckStatus, ...]:
    """Return a row for each finding, in their order."""
    return tuple(_row(finding) for finding in findings)


def preflight_run_status(run: PreflightRun | None) -> PreflightRunStatus | None:
    """Return what later passes know the attempt by."""
    if run is None:
        return None
    return PreflightRunStatus(
        attempt=run.attempt,
        input=run.input,
        outcome=run.outcome,
        time=run.time,
        failures=run.failures,
        omitted=dict(run.omitted) or None,
        log=run.log or None,
    )


def _row(finding: Finding) -> CheckStatus:
    return CheckStatus(
        finding.check,
        finding.name,
        finding.outcome,
        finding.value or None,
        finding.threshold or None,
        finding.message or None,
    )
