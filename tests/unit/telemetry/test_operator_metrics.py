"""The operator's own metrics: closed labels, and a number for each pass, request and statement."""

from __future__ import annotations

import asyncio
import platform

import pytest
from prometheus_client import CollectorRegistry

from hposweep import __version__
from hposweep.slots import Slots
from hposweep.telemetry import operator_definitions
from hposweep.telemetry.catalog import OPERATOR_DEFINITIONS
from hposweep.telemetry.exposition import Exposition
from hposweep.telemetry.loop_lag import INTERVAL_SECONDS, measure_loop_lag
from hposweep.telemetry.metrics import OperatorMetrics
from hposweep.telemetry.sweeps import SweepMetrics
from hpotrial.protocol import PROTOCOL_VERSION
from tests.unit.telemetry.scrape import OPENMETRICS, TEXT, samples

DATABASE = "0123456789ab"


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> OperatorMetrics:
    return OperatorMetrics(registry, now=lambda: 1234.0)


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/apis/hposweep.dev/v1alpha1/namespaces/a/hposweeps/digits/status", "hposweeps/status"),
        ("/apis/hposweep.dev/v1alpha1/namespaces/a/hposweeps/jobs", "hposweeps"),
        ("/apis/batch/v1/namespaces/pods/jobs", "jobs"),
        ("/apis/batch/v1/namespaces/a/jobs/digits-search", "jobs"),
        ("/api/v1/namespaces/a/pods", "pods"),
        ("/api/v1/namespaces/a/pods/digits-search-0/status", "pods/status"),
        ("/api/v1/namespaces/a/configmaps/code", "configmaps"),
        ("/api/v1/namespaces/a/events", "events"),
        ("/api/v1/namespaces/a/secrets/optuna-db", "secrets"),
        ("/version", "other"),
    ],
)
def test_no_objects_name_becomes_a_label(
    metrics: OperatorMetrics, registry: CollectorRegistry, path: str, resource: str
) -> None:
    assert resource in operator_definitions.KUBE_REQUESTS.labels["resource"].split(", "), "the reference lists it"
    metrics.count_request("GET", path, 200, 0.03)
    labels = {"verb": "GET", "resource": resource, "code": "200"}
    assert registry.get_sample_value("hposweep_operator_kube_requests_total", labels) == 1
    bucket = {"verb": "GET", "le": "0.05"}
    assert registry.get_sample_value("hposweep_operator_kube_request_duration_seconds_bucket", bucket) == 1


@pytest.mark.parametrize("result", ["success", "retry", "error"])
def test_passes_are_counted_from_zero(metrics: OperatorMetrics, registry: CollectorRegistry, result: str) -> None:
    """`increase` sees no first error in a series that begins with 1."""
    name, labels = "hposweep_operator_reconcile_total", {"result": result}
    assert registry.get_sample_value(name, labels) == 0
    metrics.count_reconcile(result, 0.1)
    assert registry.get_sample_value(name, labels) == 1


def test_only_a_successful_pass_moves_the_time_of_the_last_one(
    metrics: OperatorMetrics, registry: CollectorRegistry
) -> None:
    name = "hposweep_operator_last_successful_reconcile_timestamp_seconds"
    metrics.count_reconcile("error", 0.1)
    metrics.count_reconcile("retry", 0.1)
    assert registry.get_sample_value(name) is None
    metrics.count_reconcile("success", 0.1)
    assert registry.get_sample_value(name) == 1234.0


async def test_a_pass_waits_for_a_slot_and_then_runs(metrics: OperatorMetrics, registry: CollectorRegistry) -> None:
    slots, release = Slots(1), asyncio.Event()

    async def one_pass() -> None:
        async with metrics.slot(slots):
            await release.wait()

    def depth() -> tuple[float | None, float | None]:
        names = ("hposweep_operator_reconciles_running", "hposweep_operator_reconciles_waiting")
        return registry.get_sample_value(names[0]), registry.get_sample_value(names[1])

    tasks = [asyncio.create_task(one_pass()) for _ in range(3)]
    await asyncio.sleep(0)
    assert depth() == (1, 2)
    tasks[2].cancel()
    await asyncio.gather(tasks[2], return_exceptions=True)
    assert depth() == (1, 1)
    release.set()
    await asyncio.gather(*tasks[:2])
    assert depth() == (0, 0)
    assert not slots.semaphore.locked()


@pytest.mark.parametrize(
    ("failure", "is_up"), [("", 1), ("AuthenticationFailed", 1), ("InsufficientRights", 1), ("ConnectionFailed", 0)]
)
def test_a_database_that_answers_with_an_error_is_up(
    metrics: OperatorMetrics, registry: CollectorRegistry, failure: str, is_up: int
) -> None:
    metrics.count_query(DATABASE, 0.002, failure)
    labels = {"database": DATABASE}
    assert registry.get_sample_value("hposweep_operator_database_up", labels) == is_up
    assert registry.get_sample_value("hposweep_operator_database_query_duration_seconds_count", labels) == 1
    failures = {
        name: value
        for (name, _), value in samples(Exposition(registry, SweepMetrics())).items()
        if "query_failures" in name
    }
    assert failures == ({"hposweep_operator_database_query_failures_total": 1} if failure else {})


def test_the_build_is_shown(metrics: OperatorMetrics, registry: CollectorRegistry) -> None:
    versions = {"version": __version__, "protocol": str(PROTOCOL_VERSION), "python": platform.python_version()}
    assert registry.get_sample_value("hposweep_operator_build_info", versions) == 1


async def test_lag_is_the_time_beyond_the_interval() -> None:
    clock, lags = iter([0.0, INTERVAL_SECONDS + 0.25, 10.0, 10.0 + INTERVAL_SECONDS / 2, 20.0]), list[float]()
    rounds = iter([None, None])

    async def sleep(seconds: float) -> None:
        assert seconds == INTERVAL_SECONDS
        next(rounds)

    with pytest.raises(RuntimeError, match="StopIteration"):  # of the third round, which ends the test
        await measure_loop_lag(lags.append, sleep, lambda: next(clock))
    assert lags == [0.25, 0.0]


@pytest.mark.parametrize("accept", [TEXT, OPENMETRICS])
def test_every_sample_is_of_a_definition_and_has_its_labels(
    metrics: OperatorMetrics, registry: CollectorRegistry, accept: str
) -> None:
    sweeps = SweepMetrics()
    registry.register(sweeps)
    metrics.count_reconcile("success", 0.1)
    metrics.count_request("GET", "/version", 200, 0.1)
    metrics.count_query(DATABASE, 0.1, "ConnectionFailed")
    metrics.count_storage_error("ConnectionFailed")
    metrics.observe_lag(0.1)
    metrics.show_listed_sweeps(2)
    definitions = {definition.exposed_name: definition for definition in OPERATOR_DEFINITIONS}
    seen = set()
    for name, labels in samples(Exposition(registry, sweeps), accept):
        for suffix in ("_bucket", "_count", "_sum"):
            name = name.removesuffix(suffix) if name.removesuffix(suffix) in definitions else name
        assert {label for label, _ in labels} - {"le"} == set(definitions[name].labels)
        seen.add(name)
    assert seen == set(definitions)
