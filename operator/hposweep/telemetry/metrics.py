"""The operator's own metrics, as `operator_definitions` lists them. `sweeps` has those of the sweeps."""

from __future__ import annotations

import platform
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hposweep import __version__
from hposweep.api.conditions import CONNECTION_FAILED
from hposweep.model.delivery_result import DeliveryResult
from hposweep.slots import Slots
from hposweep.telemetry import operator_definitions as definitions
from hposweep.telemetry.definition import Definition
from hpotrial.protocol import PROTOCOL_VERSION

# Omit the second series per counter, because only OpenMetrics scrapers read it.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves this one function untyped

# The resource is the last plural word of an API path. Names of objects must never become label values.
_RESOURCE = re.compile(r"/(?:namespaces/[^/]+/)?(hposweeps|jobs|pods|secrets|configmaps|events)(?:/[^/]+)?(/status)?$")


class OperatorMetrics:
    """Counters of passes, API requests and database statements, in one registry. Safe to use from threads."""

    def __init__(self, registry: CollectorRegistry, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._reconciles = _counter(definitions.RECONCILES, registry)
        for word in definitions.RECONCILE_RESULTS:  # from 0, so that `increase` shows the first one
            self._reconciles.labels(word)
        self._reconcile_seconds = _histogram(definitions.RECONCILE_SECONDS, registry)
        self._running = _gauge(definitions.RECONCILES_RUNNING, registry)
        self._waiting = _gauge(definitions.RECONCILES_WAITING, registry)
        self._last_success = _OptionalGauge(definitions.LAST_SUCCESS, registry)
        self._listed_sweeps = _OptionalGauge(definitions.LISTED_SWEEPS, registry)
        self._requests = _counter(definitions.KUBE_REQUESTS, registry)
        self._request_seconds = _histogram(definitions.KUBE_REQUEST_SECONDS, registry)
        self._storage_errors = _counter(definitions.STORAGE_ERRORS, registry)
        self._query_seconds = _histogram(definitions.QUERY_SECONDS, registry)
        self._query_failures = _counter(definitions.QUERY_FAILURES, registry)
        self._database_up = _gauge(definitions.DATABASE_UP, registry)
        self._notifications = _counter(definitions.NOTIFICATIONS, registry)
        for result in DeliveryResult:  # from 0 as well
            self._notifications.labels(result.value)
        self._lag = _histogram(definitions.LOOP_LAG, registry)
        versions = (__version__, str(PROTOCOL_VERSION), platform.python_version())
        _gauge(definitions.BUILD_INFO, registry).labels(*versions).set(1)

    @asynccontextmanager
    async def slot(self, slots: Slots) -> AsyncIterator[None]:
        """Wait for a slot and hold it, and count the pass as waiting, then as running."""
        with self._waiting.track_inprogress():
            await slots.acquire()
        try:
            with self._running.track_inprogress():
                yield
        finally:
            slots.release()

    def count_reconcile(self, result: str, seconds: float) -> None:
        self._reconciles.labels(result).inc()
        self._reconcile_seconds.observe(seconds)
        if result == "success":
            self._last_success.set(self._now())

    def show_listed_sweeps(self, number: int | None) -> None:
        self._listed_sweeps.set(number)

    def count_request(self, verb: str, path: str, code: int, seconds: float) -> None:
        match = _RESOURCE.search(path)
        resource = f"{match[1]}{match[2] or ''}" if match else "other"
        self._requests.labels(verb, resource, str(code)).inc()
        self._request_seconds.labels(verb).observe(seconds)

    def count_storage_error(self, reason: str) -> None:
        self._storage_errors.labels(reason).inc()

    def count_query(self, database: str, seconds: float, failure: str) -> None:
        """Count a statement; `failure` is the reason of its error, "" when it succeeded. Called from threads."""
        self._query_seconds.labels(database).observe(seconds)
        self._database_up.labels(database).set(failure != CONNECTION_FAILED)
        if failure:
            self._query_failures.labels(database, failure).inc()

    def forget_database(self, database: str) -> None:
        """End the series of a database that no sweep uses any more. Called from threads."""
        for metric in (self._query_seconds, self._query_failures, self._database_up):
            metric.remove_by_labels({"database": database})

    def count_notification(self, result: DeliveryResult) -> None:
        self._notifications.labels(result.value).inc()

    def observe_lag(self, seconds: float) -> None:
        self._lag.observe(seconds)


class _OptionalGauge(Collector):
    """A number that is absent while it is unknown: a gauge of the library would begin with 0, for a time 1970."""

    def __init__(self, definition: Definition, registry: CollectorRegistry) -> None:
        self._definition = definition
        self._value: float | None = None
        registry.register(self)

    def set(self, value: float | None) -> None:
        self._value = value

    def collect(self) -> Iterator[GaugeMetricFamily]:
        definition = self._definition
        yield GaugeMetricFamily(definition.name, definition.meaning, value=self._value, unit=definition.base_unit)


def _counter(definition: Definition, registry: CollectorRegistry) -> Counter:
    return Counter(definition.name, definition.meaning, tuple(definition.labels), registry=registry)


def _gauge(definition: Definition, registry: CollectorRegistry) -> Gauge:
    names, unit = tuple(definition.labels), definition.base_unit
    return Gauge(definition.name, definition.meaning, names, unit=unit, registry=registry)


def _histogram(definition: Definition, registry: CollectorRegistry) -> Histogram:
    names, unit, buckets = tuple(definition.labels), definition.base_unit, definition.buckets
    return Histogram(definition.name, definition.meaning, names, unit=unit, buckets=buckets, registry=registry)
