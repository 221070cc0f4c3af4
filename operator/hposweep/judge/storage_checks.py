"""The checks behind the condition StorageReady, as rows of `status.storage`. Called by `judge`.

They are measured in each pass before the first worker. Afterwards the rows of the start stay.
"""

from __future__ import annotations

from hposweep.api import conditions as c
from hposweep.api.sweep import Sweep
from hposweep.judge import connections
from hposweep.model.gate import Gate
from hposweep.model.observation import Observation
from hposweep.model.storage import Probe, Storage
from hposweep.text import count, truncate
from hpotrial.protocol.preflight import FAILED, LIMITS, PASSED, WARNING, WORST_FIRST, Finding

CONNECTION, TLS, SCHEMA, PERMISSIONS = "connection", "tls", "schema", "permissions"
LATENCY, CONNECTIONS, CLOCK, STUDY = "latency", "connections", "clock", "study"
NAMES = {
    CONNECTION: "spec.study.storage.secretRef",
    TLS: "spec.study.storage.tls, sslmode of the URL",
    SCHEMA: "Optuna's tables",
    PERMISSIONS: "login of the URL",
    LATENCY: "median query",
    CONNECTIONS: "free connections",
    CLOCK: "database, API server and operator",
    STUDY: "spec.study.name",
}
# The check that a reason of StorageReady belongs to; all others are about the connection itself.
_CHECKS = {
    c.TLS_FAILED: TLS,
    c.SCHEMA_TOO_NEW: SCHEMA,
    c.SCHEMA_TOO_OLD: SCHEMA,
    c.INSUFFICIENT_RIGHTS: PERMISSIONS,
    c.TOO_FEW_CONNECTIONS: CONNECTIONS,
    c.STUDY_MISMATCH: STUDY,
    c.STUDY_OWNED_BY_ANOTHER: STUDY,
}
_MEASURED = (LATENCY, CLOCK, CONNECTIONS)
_OPTIONAL_TLS = ("prefer", "allow")  # of `sslmode`: libpq connects without TLS where the server offers none
MAX_LATENCY_SECONDS = 0.1  # a trial waits for some statements between reports, and each worker for its own
MAX_SKEW_SECONDS = 30.0  # more than any network delays an answer


def storage_checks(sweep: Sweep, observation: Observation, gate: Gate) -> tuple[Finding, ...]:
    """Return a row for each check, the worst first."""
    before = tuple(_earlier(sweep))
    if observation.search.has_started or sweep.has_ended:
        return before
    rows = _measurements(sweep, observation.storage)
    if not gate.is_open and gate.reason != c.PENDING:
        failure = _row(_CHECKS.get(gate.reason, CONNECTION), FAILED, message=gate.message)
        rows = [failure, *(row for row in rows if row.check != failure.check)]
    rows = [_settled(row, before) for row in rows]
    return tuple(sorted(rows, key=lambda row: WORST_FIRST.index(row.outcome)))


def _measurements(sweep: Sweep, storage: Storage) -> list[Finding]:
    probe, study = storage.probe, storage.study
    if not storage.is_reachable or probe is None:
        return []
    rows = [
        _row(CONNECTION, PASSED),
        _tls(probe),
        _row(SCHEMA, PASSED, f"revision {probe.revision}" if study is not None else "created by the first sweep"),
        _row(PERMISSIONS, PASSED),
        _latency(probe),
        _clock(probe, storage.server_ahead_seconds),
    ]
    if storage.limits:
        free = min(limit.free for limit in storage.limits)
        need = connections.required(sweep.spec.workers.replicas)
        rows.append(_row(CONNECTIONS, PASSED, f"{free} free", f"at least {need}"))
    if study is not None:
        rows.append(_row(STUDY, PASSED, "owned by this sweep" if study.owner == sweep.uid else "without an owner"))
    return rows


def _tls(probe: Probe) -> Finding:
    """Warn of a URL that would have TLS and got none. One that says nothing about it asks for nothing."""
    value, threshold = probe.encryption or "not encrypted", probe.sslmode or "not set"
    if probe.encryption or probe.sslmode not in _OPTIONAL_TLS:
        return _row(TLS, PASSED, value, threshold)
    message = (
        f"the URL allows TLS (`sslmode={probe.sslmode}`), and the connection has none, because the server offers none. "
        "Set up TLS in the server and write `sslmode=require`, or write `sslmode=disable` to accept it"
    )
    return _row(TLS, WARNING, value, threshold, message)


def _latency(probe: Probe) -> Finding:
    value, threshold = f"{_rounded(1000 * probe.latency_seconds)} ms", f"at most {1000 * MAX_LATENCY_SECONDS:.0f} ms"
    if probe.latency_seconds <= MAX_LATENCY_SECONDS:
        return _row(LATENCY, PASSED, value, threshold)
    message = (
        f"a query takes {value} (median of the operator's), and each report waits for one. Place the database nearer "
        "to the nodes, or report less often"
    )
    return _row(LATENCY, WARNING, value, threshold, message)


def _clock(probe: Probe, server_ahead_seconds: float | None) -> Finding:
    """Compare the clocks that times in status and study come from. No decision rests on the row."""
    ahead = {"operator": 0.0, "database": probe.ahead_seconds}
    if server_ahead_seconds is not None:
        ahead["API server"] = server_ahead_seconds
    first, last = max(ahead, key=ahead.__getitem__), min(ahead, key=ahead.__getitem__)
    skew = ahead[first] - ahead[last]
    value, threshold = count(round(skew), "second"), f"at most {MAX_SKEW_SECONDS:.0f} seconds"
    if skew <= MAX_SKEW_SECONDS:
        return _row(CLOCK, PASSED, value, threshold)
    message = (
        f"the clock of the {first} is {value} ahead of that of the {last}, and ages and deadlines are wrong by as "
        "much. Synchronize the clocks of their machines (NTP)"
    )
    return _row(CLOCK, WARNING, value, threshold, message)


def _rounded(value: float) -> str:
    """Return the number with one digit that counts, because no other repeats itself."""
    return f"{float(f'{value:.1g}'):g}"


def _settled(row: Finding, before: tuple[Finding, ...]) -> Finding:
    """Return the earlier row of a check that passes again, so that a measurement alone does not change the status."""
    if row.outcome != PASSED or row.check not in _MEASURED:
        return row
    same = (row.check, row.outcome, row.threshold)
    return next((entry for entry in before if (entry.check, entry.outcome, entry.threshold) == same), row)


def _earlier(sweep: Sweep) -> list[Finding]:
    rows = sweep.status.storage if sweep.status is not None else ()
    return [
        Finding(row.check, row.name, row.outcome, row.message or "", row.value or "", row.threshold or "")
        for row in rows
    ]


def _row(check: str, outcome: str, value: str = "", threshold: str = "", message: str = "") -> Finding:
    return Finding(
        check,
        NAMES[check],
        outcome,
        truncate(message, LIMITS["message"]),
        truncate(value, LIMITS["value"]),
        truncate(threshold, LIMITS["threshold"]),
    )
