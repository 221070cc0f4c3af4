"""Workers, conditions and findings."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.conditions import FALSE, TRUE, UNKNOWN
from hposweep.judge.health.rules import RULES
from hposweep.model.findings import Severity
from hposweep.telemetry.series.series import OTHER, Rows, Series, Snapshot, flags, gauge
from hpotrial.protocol.preflight import WORST_FIRST

_WORKERS = ("desired", "running", "pending")
# Every word that a condition or a finding can have as its reason.
REASONS = frozenset(value for name, value in vars(conditions).items() if name.isupper() and isinstance(value, str)) | {
    rule.reason for rule in RULES
}
_REASON = f"its reason; `{OTHER}` for one that this operator does not know"


def _workers(snapshot: Snapshot) -> Rows:
    return (((state,), getattr(snapshot.status.workers, state)) for state in _WORKERS)


def _conditions(snapshot: Snapshot) -> Rows:
    for entry in snapshot.status.conditions:
        yield from flags(entry.status, (TRUE, FALSE, UNKNOWN), entry.type)


def _reasons(snapshot: Snapshot) -> Rows:
    return (((entry.type, _reason(entry.reason)), 1.0) for entry in snapshot.status.conditions)


def _findings(snapshot: Snapshot) -> Rows:
    for entry in snapshot.status.health:
        severity = entry.severity if entry.severity in tuple(Severity) else OTHER
        yield (_reason(entry.reason), severity.lower()), 1.0


def _checks(snapshot: Snapshot) -> Rows:
    """Yield the checks of the last preflight, those without a row in the status included."""
    run = snapshot.status.preflight_run
    if run is None:
        return
    for outcome in WORST_FIRST:
        rows = sum(entry.outcome == outcome for entry in snapshot.status.preflight)
        yield (outcome.lower(),), float(rows + (run.omitted or {}).get(outcome, 0))


def _reason(word: str) -> str:
    return word if word in REASONS else OTHER


SERIES: tuple[Series, ...] = (
    gauge("hposweep_workers", "Worker pods by state.", _workers, state=", ".join(_WORKERS)),
    gauge(
        "hposweep_status_condition",
        "1 for the status that the condition has.",
        _conditions,
        condition="type of the condition",
        status="true, false, unknown",
    ),
    gauge(
        "hposweep_status_condition_reason",
        "1 for the reason that the condition has. Apart from `hposweep_status_condition`, so that an alert with `for` "
        "does not start again when only the reason changes.",
        _reasons,
        condition="type of the condition",
        reason=_REASON,
    ),
    gauge(
        "hposweep_preflight_checks",
        "Checks of the last preflight by outcome. Absent before one has ended.",
        _checks,
        outcome="failed, warning, passed",
    ),
    gauge(
        "hposweep_health_finding",
        "1 for each finding in `status.health`. Absent when there is none.",
        _findings,
        reason=_REASON,
        severity="error, warning, info",
    ),
)
