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
from hposweep.model.workers import Workers
from hposweep.report.condition import ConditionDraft
from hposweep.report.workers import TROUBLES, pod_trouble
from hpotrial.protocol.preflight import FAILED, Finding


def preflight_passed(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> ConditionDraft:
    """Return the condition. While the checks run it is Unknown, unless their pod cannot run.

    A pod that starts slowly is no trouble, and its reason tells of it. While checks that failed are repeated, the
    condition stays False.
    """
    gate, run = verdicts.preflight.gate, verdicts.preflight.run
    has_failed = gate.reason == c.FAILED or (gate.reason == c.RUNNING and run is not None and run.outcome == FAILED)
    if gate.is_open:
        return ConditionDraft(c.PREFLIGHT_PASSED, c.TRUE, gate.reason, gate.message)
    if gate.reason == c.RUNNING:
        trouble = pod_trouble(_current_attempt(sweep, observation, run), observation.now)
        if trouble is not None and trouble[0] in TROUBLES:
            message = f"the preflight pod does not run: {trouble[1]}"
            return ConditionDraft(c.PREFLIGHT_PASSED, c.FALSE, trouble[0], message)
        if trouble is not None and not has_failed:
            message = f"the preflight pod does not run yet: {trouble[1]}"
            return ConditionDraft(c.PREFLIGHT_PASSED, c.UNKNOWN, trouble[0], message)
    return ConditionDraft(c.PREFLIGHT_PASSED, c.FALSE if has_failed else c.UNKNOWN, gate.reason, gate.message)


def _current_attempt(sweep: Sweep, observation: Observation, run: PreflightRun | None) -> Workers:
    """Return the Job and the pods of the attempt that runs; none of an earlier one, whose result is known."""
    job, attempt = observation.preflight.latest_job(sweep.name, PREFLIGHT_PHASE)
    if job is None or (run is not None and run.attempt >= attempt):
        return Workers()
    return Workers((job,), tuple(pod for pod in observation.preflight.pods if pod.job == job.name))


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
