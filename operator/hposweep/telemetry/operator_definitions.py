"""The definitions of the operator's own metrics. `metrics` and `sweeps` fill them."""

from __future__ import annotations

from hposweep.model.delivery_result import DeliveryResult
from hposweep.telemetry.definition import COUNTER, GAUGE, HISTOGRAM, Definition
from hposweep.telemetry.series.identity import STATES
from hposweep.telemetry.series.series import OTHER

_PASS_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
# A statement is cancelled after 10 s, and a connection without an answer is dropped after 12 s.
_QUERY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)
_LAG_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_DATABASE = "id of the database, see below"

BUILD_INFO = Definition(
    "hposweep_operator_build_info",
    GAUGE,
    "1, with the versions of the operator.",
    {"version": "of HPOSweep", "protocol": "of the worker protocol", "python": "of Python"},
)
SWEEPS = Definition(
    "hposweep_operator_sweeps",
    GAUGE,
    "Sweeps by state, also those whose own series have ended.",
    {"state": f"{', '.join(STATES)}, {OTHER}"},
)
SWEEPS_WITHOUT_METRICS = Definition(
    "hposweep_operator_sweeps_without_metrics",
    GAUGE,
    "Sweeps whose series are missing in this scrape, because their status has values that cannot be exported. The log "
    "names them.",
)
LISTED_SWEEPS = Definition(
    "hposweep_operator_listed_sweeps",
    GAUGE,
    "Sweeps that the API server lists, counted once a minute. Absent while it refuses the list or does not answer.",
)
RECONCILE_RESULTS = {"success": "", "retry": "a source did not answer", "error": "a bug"}
RECONCILES = Definition(
    "hposweep_operator_reconcile",
    COUNTER,
    "Passes over a sweep by result.",
    {"result": ", ".join(f"{word} ({cause})" if cause else word for word, cause in RECONCILE_RESULTS.items())},
)
RECONCILE_SECONDS = Definition(
    "hposweep_operator_reconcile_duration_seconds",
    HISTOGRAM,
    "Duration of a pass over a sweep, with its wait for a slot.",
    buckets=_PASS_BUCKETS,
)
RECONCILES_RUNNING = Definition("hposweep_operator_reconciles_running", GAUGE, "Passes that run now, at most 16.")
RECONCILES_WAITING = Definition(
    "hposweep_operator_reconciles_waiting", GAUGE, "Passes that are due and wait for a slot: the depth of the queue."
)
LAST_SUCCESS = Definition(
    "hposweep_operator_last_successful_reconcile_timestamp_seconds",
    GAUGE,
    "When the last pass with the result success ended. Absent before the first. A sweep at rest has one every 300 s.",
)
KUBE_REQUESTS = Definition(
    "hposweep_operator_kube_requests",
    COUNTER,
    "Requests to the Kubernetes API, without watches.",
    {
        "verb": "GET, POST, PATCH, DELETE",
        "resource": "hposweeps, hposweeps/status, jobs, pods, pods/status, secrets, configmaps, events, other",
        "code": "HTTP status; 0 for no answer",
    },
)
KUBE_REQUEST_SECONDS = Definition(
    "hposweep_operator_kube_request_duration_seconds",
    HISTOGRAM,
    "Duration of a request to the Kubernetes API, without watches.",
    {"verb": "GET, POST, PATCH, DELETE"},
    _PASS_BUCKETS,
)
STORAGE_ERRORS = Definition(
    "hposweep_operator_storage_errors",
    COUNTER,
    "Times that a pass or a poll could not use a database.",
    {"reason": "the reason in `StorageReady`"},
)
QUERY_SECONDS = Definition(
    "hposweep_operator_database_query_duration_seconds",
    HISTOGRAM,
    "Duration of a statement with the time to connect, failed or not. `_count` is the number of statements.",
    {"database": _DATABASE},
    _QUERY_BUCKETS,
)
QUERY_FAILURES = Definition(
    "hposweep_operator_database_query_failures",
    COUNTER,
    "Statements that failed.",
    {
        "database": _DATABASE,
        "reason": "ConnectionFailed, HostNotAllowed, TlsFailed, AuthenticationFailed, InsufficientRights, "
        "TooFewConnections",
    },
)
DATABASE_UP = Definition(
    "hposweep_operator_database_up",
    GAUGE,
    "1 if the database answered the last statement, also with an error of permission; 0 if it was unreachable.",
    {"database": _DATABASE},
)
NOTIFICATIONS = Definition(
    "hposweep_operator_notifications",
    COUNTER,
    "Attempts to send a notification of `spec.notify`, by result.",
    {"result": ", ".join(DeliveryResult)},
)
LOOP_LAG = Definition(
    "hposweep_operator_event_loop_lag_seconds",
    HISTOGRAM,
    "How much later than planned a task of the event loop resumed, measured once a second.",
    buckets=_LAG_BUCKETS,
)
ALL = (
    BUILD_INFO,
    SWEEPS,
    SWEEPS_WITHOUT_METRICS,
    LISTED_SWEEPS,
    RECONCILES,
    RECONCILE_SECONDS,
    RECONCILES_RUNNING,
    RECONCILES_WAITING,
    LAST_SUCCESS,
    KUBE_REQUESTS,
    KUBE_REQUEST_SECONDS,
    STORAGE_ERRORS,
    QUERY_SECONDS,
    QUERY_FAILURES,
    DATABASE_UP,
    NOTIFICATIONS,
    LOOP_LAG,
)
