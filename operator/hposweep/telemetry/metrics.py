"""The operator's own metrics, each defined once. `sweeps` has those of the sweeps."""

from __future__ import annotations

import re

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

# Omit the second series per counter, because only OpenMetrics scrapers read it.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves this one function untyped

# The resource is the last plural word of an API path. Names of objects must never become label values.
_RESOURCE = re.compile(r"/(?:namespaces/[^/]+/)?(hposweeps|jobs|pods|secrets|configmaps|events)(?:/[^/]+)?(/status)?$")
_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class OperatorMetrics:
    """Counters of passes, API requests and database errors, in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._reconciles = Counter(
            "hposweep_operator_reconcile",
            "Passes over a sweep, by result: success, retry (a source did not answer), error (a bug).",
            ["result"],
            registry=registry,
        )
        self._seconds = Histogram(
            "hposweep_operator_reconcile_duration_seconds",
            "Seconds that one pass over one sweep took.",
            buckets=_BUCKETS_SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            "hposweep_operator_kube_requests",
            "Requests to the Kubernetes API by verb, resource and HTTP code (0: no answer).",
            ["verb", "resource", "code"],
            registry=registry,
        )
        self._storage_errors = Counter(
            "hposweep_operator_storage_errors",
            "Database operations that failed, by the reason shown in StorageReady.",
            ["reason"],
            registry=registry,
        )

    def count_reconcile(self, result: str, seconds: float) -> None:
        self._reconciles.labels(result).inc()
        self._seconds.observe(seconds)

    def count_request(self, verb: str, path: str, code: int) -> None:
        match = _RESOURCE.search(path)
        resource = f"{match[1]}{match[2] or ''}" if match else "other"
        self._requests.labels(verb, resource, str(code)).inc()

    def count_storage_error(self, reason: str) -> None:
        self._storage_errors.labels(reason).inc()
